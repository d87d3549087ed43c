//! The store over real files.

mod fixture;
mod ledger;
mod transitions;
mod whole_way;
