//! What is worth calling the user for: what was pasted together has come to rest, told once.
//!
//! [`Session::news`](crate::Session::news) hands these out, from [`Session::run`](crate::Session::run) on; the shell
//! turns them into notifications in the user's language, where the settings want them and the window has no focus:
//!
//! ```ignore
//! let mut news = session.news();
//! while let Ok(news) = news.recv().await { /* words by its kind and state; a click shows its task or paste */ }
//! ```
//!
//! A paste rests when each of its tasks has succeeded, failed, been cancelled or is in doubt. What the user did himself
//! is no news, nor is what had come to rest before this session ran. A task that is tried again makes its paste news
//! once more.

use std::collections::{HashMap, HashSet};

use shiwen_core::{
    CancelCause, FailureKind, Operation, PasteId, Task, TaskChange, TaskId, TaskState,
};
use shiwen_store::{Store, StoreError};
use tokio::sync::broadcast::{Receiver, Sender, error::RecvError};

/// News that may wait for a slow listener.
pub(crate) const BACKLOG: usize = 64;

/// Something came to rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// One task, pasted alone or the only one of its paste that was still on its way.
    One {
        task: TaskId,
        operation: Operation,
        /// `Succeeded`, `Failed`, `Uncertain`, or `Cancelled` where another task had its video already.
        state: TaskState,
        /// 字数 of its text, where it has one.
        words: Option<u32>,
        title: Option<String>,
        /// Why it failed, or what put it into doubt.
        failure: Option<FailureKind>,
    },
    /// A whole paste: all of its tasks that are not in the trash, as they stand.
    Several { paste: PasteId, done: u32, failed: u32, uncertain: u32, cancelled: u32 },
}

/// Hears of every change and tells what came to rest, until the store is gone.
pub(crate) async fn tell(
    store: Store,
    mut changes: Receiver<TaskChange>,
    mut underway: Underway,
    news: Sender<News>,
) {
    loop {
        let rests = match changes.recv().await {
            Ok(TaskChange::Reload) | Err(RecvError::Lagged(_)) => {
                // What is still to be heard is older than what is read now.
                changes = store.changes();
                underway.read_again(&store)
            }
            Ok(change) => Ok(underway.hear(&change).into_iter().collect()),
            Err(RecvError::Closed) => return,
        };
        let told = rests.and_then(|rests| {
            for rest in rests {
                if let Some(found) = of_rest(&store, &rest)? {
                    // Nobody listening is fine.
                    let _ = news.send(found);
                }
            }
            Ok(())
        });
        if let Err(error) = told {
            tracing::warn!(%error, "that tasks have come to rest could not be told");
        }
    }
}

/// What a paste that rests is told with; none where all of it is in the trash by now.
fn of_rest(store: &Store, rest: &Rest) -> Result<Option<News>, StoreError> {
    let paste = match store.paste(rest.paste) {
        Ok(paste) => paste,
        Err(StoreError::TaskGone) => return Ok(None),
        Err(error) => return Err(error),
    };
    if let ([id], _) | (_, [Task { id, .. }]) = (rest.tasks.as_slice(), paste.tasks.as_slice()) {
        let task = paste.tasks.iter().find(|task| task.id == *id);
        return Ok(task.map(|task| News::One {
            task: task.id,
            operation: task.operation,
            state: task.state,
            words: task.words,
            title: task.title().map(str::to_owned),
            failure: task.failure.as_ref().map(|failure| failure.kind),
        }));
    }
    let count = |state| {
        let count = paste.tasks.iter().filter(|task| task.state == state).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    Ok((!paste.tasks.is_empty()).then(|| News::Several {
        paste: paste.id,
        done: count(TaskState::Succeeded),
        failed: count(TaskState::Failed),
        uncertain: count(TaskState::Uncertain),
        cancelled: count(TaskState::Cancelled),
    }))
}

/// Whether a task that rests was brought there by anybody but the user.
fn ends_by_itself(task: &Task) -> bool {
    match task.state {
        TaskState::Cancelled => task.cancel_cause == Some(CancelCause::SameVideo),
        state => matches!(state, TaskState::Succeeded | TaskState::Failed | TaskState::Uncertain),
    }
}

/// A paste of which nothing is on its way any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rest {
    paste: PasteId,
    /// Those that came to rest by themselves since the paste last rested, in that order.
    tasks: Vec<TaskId>,
}

/// The pastes that have not come to rest, as the announcements tell it: what the store holds may be ahead of them.
#[derive(Debug, Default)]
pub(crate) struct Underway {
    pastes: HashMap<PasteId, Group>,
}

#[derive(Debug, Default)]
struct Group {
    unended: HashSet<TaskId>,
    came: Vec<TaskId>,
}

impl Underway {
    /// What is on its way before the engine starts. A create call that was out when the last run ended is none of it:
    /// the start itself ends it in doubt, which is no news to somebody who just opened the program.
    pub(crate) fn at_start(store: &Store) -> Result<Self, StoreError> {
        let mut underway = Self::default();
        for (task, paste, state) in store.unended()? {
            if state != TaskState::Submitting {
                underway.begins(task, paste);
            }
        }
        Ok(underway)
    }

    fn begins(&mut self, task: TaskId, paste: PasteId) {
        let group = self.pastes.entry(paste).or_default();
        group.came.retain(|came| *came != task);
        group.unended.insert(task);
    }

    fn hear(&mut self, change: &TaskChange) -> Option<Rest> {
        match change {
            TaskChange::Saved { task } => self.saved(task),
            TaskChange::Removed { id } => {
                let group = self.pastes.iter().find(|(_, group)| group.unended.contains(id));
                let paste = *group?.0;
                self.ends(*id, paste, false)
            }
            TaskChange::Reload => None,
        }
    }

    fn saved(&mut self, task: &Task) -> Option<Rest> {
        let under_way = [TaskState::Queued, TaskState::Submitting, TaskState::Running];
        if under_way.contains(&task.state) {
            self.begins(task.id, task.paste);
            return None;
        }
        self.ends(task.id, task.paste, ends_by_itself(task))
    }

    /// Nothing where the task was not on its way: it was starred, tidied or read again.
    fn ends(&mut self, task: TaskId, paste: PasteId, by_itself: bool) -> Option<Rest> {
        let group = self.pastes.get_mut(&paste)?;
        if !group.unended.remove(&task) {
            return None;
        }
        if by_itself {
            group.came.push(task);
        }
        if !group.unended.is_empty() {
            return None;
        }
        let tasks = self.pastes.remove(&paste)?.came;
        // Whoever ended the last one himself has seen the others.
        by_itself.then_some(Rest { paste, tasks })
    }

    /// Somebody wrote whom nobody heard: what is no longer on its way is looked up.
    fn read_again(&mut self, store: &Store) -> Result<Vec<Rest>, StoreError> {
        let unended = store.unended()?;
        let still: HashSet<TaskId> = unended.iter().map(|(task, ..)| *task).collect();
        let mut gone: Vec<(TaskId, PasteId)> = Vec::new();
        for (paste, group) in &self.pastes {
            let over = group.unended.iter().filter(|task| !still.contains(task));
            gone.extend(over.map(|task| (*task, *paste)));
        }
        gone.sort_unstable();
        for (task, paste, _) in unended {
            self.begins(task, paste);
        }
        // In which order they ended nobody knows: what the user ended himself counts as before the others.
        let mut by_themselves = Vec::new();
        for (id, paste) in gone {
            match store.task(id) {
                Ok(task) if task.deleted_at.is_none() && ends_by_itself(&task) => {
                    by_themselves.push((id, paste));
                }
                Ok(_) | Err(StoreError::TaskGone) => {
                    self.ends(id, paste, false);
                }
                Err(error) => return Err(error),
            }
        }
        let rests = by_themselves.into_iter().filter_map(|(id, paste)| self.ends(id, paste, true));
        Ok(rests.collect())
    }
}

#[cfg(test)]
mod tests;
