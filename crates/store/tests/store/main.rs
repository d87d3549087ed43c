//! The store over real files.

mod announcements;
mod child;
mod claims;
mod files;
mod fixture;
mod kill;
mod known;
mod ledger;
mod list;
mod readers;
mod records;
mod transitions;
mod trash;
mod uncertain;
mod whole_way;
