try { document.documentElement.dataset.theme = localStorage.getItem("kd-sweep theme") ?? ""; } catch {}
