//! The store over real files.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed; clippy exempts only test functions"
)]

mod announcements;
mod backups;
mod batches;
mod child;
mod claims;
mod damage;
mod downloads;
mod endings;
mod erase;
mod files;
mod fixture;
mod full_disk;
mod hand_over;
mod import;
mod kill;
mod known;
mod labels;
mod landings;
mod ledger;
mod limit;
mod list;
mod pastes;
mod places;
mod prove;
mod readers;
mod record;
mod records;
mod same_video;
mod search;
mod spending;
mod texts;
mod transitions;
mod trash;
mod uncertain;
mod versions;
mod whole_way;
mod works;
