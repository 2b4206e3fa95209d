"""The only part that knows Streamlit: the door to a study, the caches, and how results are shown."""
