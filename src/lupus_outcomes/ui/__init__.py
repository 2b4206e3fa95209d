"""The only part that knows Streamlit: the door to a study, the caches, how results are shown."""
