# A report in one file, to mail.

one-file-no-script = This file holds a whole report. Its other pages need JavaScript, which is off here: turn it on, or read this page alone.
one-file-left-out =
    { $what ->
        [files] To keep this file small, the tables for programs are left out. They are on the site that it was made from.
        [runs] To keep this file small, the pages of single runs are left out. They are on the site that it was made from.
       *[files-and-runs] To keep this file small, the pages of single runs and the tables for programs are left out. They are on the site that it was made from.
    }
