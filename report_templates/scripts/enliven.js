// All parts over a root: what was enlivened before is left as it is.
function enliven(root) {
  offerThemes(root);
  sortTables(root);
  offerCopies(root);
  offerTableTools(root);
  offerCurveTools(root);
  offerArms(root);
  saveFigures(root);
  keepPlace(root);
  offerComparison(root);
  compareSweeps(root);
  openTarget(root);
  letKeysScroll(root);
  showTopic(root);
}
enliven(document);
