// All parts over a root: what was enlivened before is left as it is.
function enliven(root) {
  sortTables(root);
  offerCopies(root);
  offerFilters(root);
  readCurves(root);
  keepPlace(root);
  offerComparison(root);
  compareSweeps(root);
  openTarget(root);
  letKeysScroll(root);
}
enliven(document);
