"""A folder for each tab: `layout()`, `wire()` and handlers in tab.py or beside it, its JavaScript, HTML, CSS with it.
No tab imports another, and none imports the page: what two tabs need stands in core/, render/ or pictures/.
"""
