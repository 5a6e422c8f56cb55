"""From policy files to an index on disk: read, recover the structure, cut, embed, store."""
