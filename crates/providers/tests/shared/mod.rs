//! Shared by the fuzz targets and by the tests that replay their seeds.

pub(crate) mod draw;
pub(crate) mod promises;
pub(crate) mod seeds;
pub(crate) mod targets;
