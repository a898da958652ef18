"""The work space of the Explore tab: what stands where, and the segments of the panel on its right."""
