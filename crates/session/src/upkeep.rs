//! What the owner of a data folder does for its history while there is nothing better to do: a look at the whole file
//! after an end without a closing and once a week, a backup a day, the index of the search where it was found broken,
//! and what nobody took back out of the trash.

use std::{sync::Arc, time::Duration};

use shiwen_core::Timestamp;
use shiwen_engine::Engine;
use shiwen_store::{Store, StoreError};

use crate::{files::Files, trash};

/// Long enough for the window to be there, short enough for a command that soon ends.
const CHECK: Duration = Duration::from_secs(2);
/// Between two looks at the clock.
const ROUND: Duration =
    Duration::from_millis(if cfg!(feature = "kill-points") { 100 } else { 60_000 });
/// Rounds that a backup waits for create calls that are out before it is made all the same.
const PATIENCE: u32 = 60;
/// Rounds between two looks at the trash.
const TRASH: u32 = 60;

/// Goes on until it is dropped. The sandbox's history is not worth a backup.
pub(crate) async fn keep(engine: Engine, files: Arc<Files>, backs_up: bool) {
    tokio::time::sleep(CHECK).await;
    for round in 0_u32.. {
        let store = engine.store().clone();
        let idle = engine.submitting() == 0 || round % PATIENCE == 0;
        // Whoever just began has something else in mind.
        let backs_up = backs_up && idle && round > 0;
        let files = files.clone();
        let empties = round % TRASH == 1;
        let look_after = move || look_after(&store, empties.then_some(&*files), backs_up);
        let done = tokio::task::spawn_blocking(look_after).await;
        if let Ok(Err(error)) = done {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the history was not looked after"
            );
        }
        tokio::time::sleep(ROUND).await;
    }
}

fn look_after(store: &Store, trash: Option<&Files>, backs_up: bool) -> Result<(), StoreError> {
    let now = Timestamp::now();
    if store.check_is_due(now)? && !store.check(now)?.is_sound() {
        return Ok(());
    }
    if backs_up {
        store.backup_if_due(now)?;
    }
    if store.index_is_due()? {
        store.rebuild_index(&mut |_| {})?;
    }
    if let Some(files) = trash {
        trash::empty_old(store, files, now)?;
    }
    Ok(())
}
