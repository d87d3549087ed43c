//! How far the pastes of several links have come, in the task bar: for whoever works elsewhere meanwhile.
//!
//! On Linux the bar is told over the bus, which those of KDE, of Ubuntu and others hear; Tauri's own way needs a library
//! of a desktop that is no more.

use std::{collections::HashMap, time::Duration};

use shiwen_core::{Paste, PasteId, TaskChange, TaskState};
use shiwen_session::Session;
use shiwen_store::StoreError;
use tauri::{AppHandle, Manager};
use tokio::sync::{
    Mutex,
    broadcast::{Receiver, error::RecvError},
};

use crate::shell::Shell;

/// A bar moves no more often.
const PAUSE: Duration = Duration::from_secs(1);

/// What the bar shows, whichever history it is of.
static SHOWN: Mutex<Option<u8>> = Mutex::const_new(None);

/// Follows the tasks of a history until its store is gone, or another one is opened.
pub(crate) async fn follow(app: AppHandle, mut changes: Receiver<TaskChange>) {
    show(&app, None).await;
    loop {
        match changes.recv().await {
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
        tokio::time::sleep(PAUSE).await;
        // What was announced meanwhile is read with the rest.
        changes = changes.resubscribe();
        let Ok(session) = app.state::<Shell>().session() else { return };
        let read = tauri::async_runtime::spawn_blocking(move || percent(&session)).await;
        if let Ok(Ok(now)) = read {
            show(&app, now).await;
        }
    }
}

async fn show(app: &AppHandle, now: Option<u8>) {
    let mut shown = SHOWN.lock().await;
    if *shown != now {
        *shown = now;
        system::show(app, now).await;
    }
}

fn percent(session: &Session) -> Result<Option<u8>, StoreError> {
    let store = session.engine.store();
    let mut unended: HashMap<PasteId, bool> = HashMap::new();
    for (_, paste, state) in store.unended()? {
        *unended.entry(paste).or_default() |= state != TaskState::Queued;
    }
    let mut pastes = Vec::new();
    for (paste, is_out) in unended {
        let paste = match store.paste(paste) {
            Err(StoreError::TaskGone) => continue,
            paste => paste?,
        };
        // What the user holds up is not on its way.
        if is_out || !paste.paused {
            pastes.push(paste);
        }
    }
    Ok(together(&pastes))
}

/// Percent of the tasks that have ended, over all pastes of several; none where there is none.
fn together(pastes: &[Paste]) -> Option<u8> {
    let tasks = pastes.iter().filter(|paste| paste.tasks.len() > 1).flat_map(|paste| &paste.tasks);
    of_states(tasks.map(|task| task.state))
}

fn of_states(states: impl Iterator<Item = TaskState>) -> Option<u8> {
    let (mut all, mut ended) = (0_usize, 0_usize);
    for state in states {
        all += 1;
        let is_on = matches!(state, TaskState::Queued | TaskState::Submitting | TaskState::Running);
        ended += usize::from(!is_on);
    }
    u8::try_from((ended * 100).checked_div(all)?).ok()
}

#[cfg(target_os = "linux")]
mod system {
    //! <https://wiki.ubuntu.com/Unity/LauncherAPI>

    use std::collections::HashMap;

    use gtk::glib::{self, prelude::*};
    use tauri::AppHandle;

    use crate::bus;

    /// The file by which the desktop knows the program.
    const PROGRAM: &str = "application://shiwen.desktop";
    const PATH: &str = "/com/canonical/unity/launcherentry/shiwen";
    const INTERFACE: &str = "com.canonical.Unity.LauncherEntry";

    pub(super) async fn show(_app: &AppHandle, percent: Option<u8>) {
        if let Err(error) = tell(percent).await {
            tracing::debug!(%error, "no task bar hears of progress");
        }
    }

    async fn tell(percent: Option<u8>) -> Result<(), glib::Error> {
        let progress = f64::from(percent.unwrap_or_default()) / 100.0;
        let properties = HashMap::from([
            ("progress", progress.to_variant()),
            ("progress-visible", percent.is_some().to_variant()),
        ]);
        let update = (PROGRAM, properties).to_variant();
        bus::ask(move |bus| bus.emit_signal(None, PATH, INTERFACE, "Update", Some(&update))).await
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use tauri::{
        AppHandle,
        window::{ProgressBarState, ProgressBarStatus},
    };

    use crate::window;

    pub(super) async fn show(app: &AppHandle, percent: Option<u8>) {
        let status = match percent {
            Some(_) => ProgressBarStatus::Normal,
            None => ProgressBarStatus::None,
        };
        window::progress(
            app,
            ProgressBarState { status: Some(status), progress: percent.map(u64::from) },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TaskState::{Cancelled, Failed, Queued, Running, Submitting, Succeeded, Uncertain};

    #[test]
    fn what_has_ended_counts_however_it_ended() {
        let percent = |states: &[TaskState]| of_states(states.iter().copied());
        assert_eq!(percent(&[]), None);
        assert_eq!(percent(&[Queued, Submitting, Running]), Some(0));
        assert_eq!(percent(&[Succeeded, Failed, Running]), Some(66));
        assert_eq!(percent(&[Succeeded, Failed, Cancelled, Uncertain]), Some(100));
    }
}
