"""The report: one page that opens anywhere, made of the journal and the blobs it names."""
