//! The store over real files.

mod announcements;
mod fixture;
mod known;
mod ledger;
mod list;
mod records;
mod transitions;
mod trash;
mod uncertain;
mod whole_way;
