"""One module for each kind of file that articles come in. Parsers of other people are imported when they are used."""
