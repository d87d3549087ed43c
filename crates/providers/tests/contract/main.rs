//! The services against their written contract: no network, no clock, invented keys.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first thing that is not there")]

mod accounts;
mod batch;
mod broken;
mod errors;
mod following;
mod hostile;
mod jimeng;
mod languages;
mod rawugc;
mod requests;
mod support;
mod table;
mod workflows;
