"""From a registry's export to a dataset: mappings, their drafts, and the conversion itself."""
