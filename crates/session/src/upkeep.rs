//! What the owner of a data folder does for its history while there is nothing better to do: a look at the whole file
//! after an end without a closing and once a week, and a backup a day.

use std::time::Duration;

use shiwen_core::Timestamp;
use shiwen_engine::Engine;
use shiwen_store::{Store, StoreError};

/// Long enough for the window to be there, short enough for a command that soon ends.
const CHECK: Duration = Duration::from_secs(2);
/// Between two looks at the clock.
const ROUND: Duration =
    Duration::from_millis(if cfg!(feature = "kill-points") { 100 } else { 60_000 });
/// Rounds that a backup waits for create calls that are out before it is made all the same.
const PATIENCE: u32 = 60;

/// Goes on until it is dropped. The sandbox's history is not worth a backup.
pub(crate) async fn keep(engine: Engine, backs_up: bool) {
    tokio::time::sleep(CHECK).await;
    for round in 0_u32.. {
        let store = engine.store().clone();
        let idle = engine.submitting() == 0 || round % PATIENCE == 0;
        // Whoever just began has something else in mind.
        let backs_up = backs_up && idle && round > 0;
        let done = tokio::task::spawn_blocking(move || look_after(&store, backs_up)).await;
        if let Ok(Err(error)) = done {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the history was not looked after"
            );
        }
        tokio::time::sleep(ROUND).await;
    }
}

fn look_after(store: &Store, backs_up: bool) -> Result<(), StoreError> {
    let now = Timestamp::now();
    if store.check_is_due(now)? && !store.check(now)?.is_sound() {
        return Ok(());
    }
    if backs_up {
        store.backup_if_due(now)?;
    }
    Ok(())
}
