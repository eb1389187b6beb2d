# A part of the report that could not be made; everything else is there.
failed-part = { $kind ->
    [figure] This figure could not be drawn
    [section] This section could not be made
    [page] This page could not be made
    [file] This file could not be made
   *[table] This table could not be made
} ({ $name }: { $reason }). The rest of the report is not affected.
failed-page-title = { $name } is missing
