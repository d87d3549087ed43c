//! Short links, followed by the session's sender as long as the user's settings say so.

use std::sync::Arc;

use shiwen_engine::{Follower, Following};
use shiwen_http::{Sender, Step};
use shiwen_store::Store;
use url::Url;

use crate::Settings;

pub(crate) struct ShortLinks {
    pub(crate) sender: Arc<Sender>,
    pub(crate) store: Store,
}

impl Follower for ShortLinks {
    fn is_wanted(&self) -> bool {
        // Read anew each time, so that a change needs no restart. Settings that cannot be read allow nothing.
        let settings = self.store.setting::<Settings>(Settings::NAME);
        settings.is_ok_and(|settings| settings.follow_short_links)
    }

    fn follow<'a>(&'a self, url: &'a Url, judge: fn(&Url) -> Step) -> Following<'a> {
        Box::pin(self.sender.follow_short(url, judge))
    }
}
