//! What stands in the search box, understood.
