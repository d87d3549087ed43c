//! One module per noun. A command translates and calls; nothing waits on the network unless the user asked for
//! just that.

pub(crate) mod app;
pub(crate) mod clipboard;
pub(crate) mod collections;
pub(crate) mod desktop;
pub(crate) mod export;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod links;
pub(crate) mod media;
pub(crate) mod pages;
pub(crate) mod pastes;
pub(crate) mod providers;
pub(crate) mod tasks;
pub(crate) mod trash;
pub(crate) mod updates;
pub(crate) mod upkeep;
pub(crate) mod versions;
