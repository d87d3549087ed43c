//! Ten calls a minute for everything: a burst waits and then goes on.

use std::collections::HashSet;

use shiwen_core::{TaskChange, TaskId, TaskState, Timestamp, WaitReason};
use shiwen_sandbox::Options;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{Ground, ID, IMAGE, ask, with};
use crate::rest::{Rest, check_ledger, rested};

#[tokio::test]
async fn a_burst_of_orders_waits_for_its_minute_and_loses_nothing() {
    let lab = with(Options { pace: 0.1, ..Options::default() }).await;
    // Other calls count as well, and these leave nothing of the minute.
    for _ in 0..8 {
        lab.engine.test_provider(ID).await.unwrap();
    }
    let mut waiting = tokio::task::JoinSet::new();
    waiting.spawn(who_waits(lab.engine.store().changes(), 24));
    let orders: Vec<_> = (0..24)
        .map(|number| {
            ask(&lab.engine, &Ground::default(), IMAGE.operation, &format!("paper {number}"))
        })
        .collect();
    for id in &orders {
        let task = rested(&lab.engine, *id, Rest::Done, "burst").await;
        // Refused by the limit, a create call would stand in the ledger.
        check_ledger(&lab.engine, &task, Rest::Done, 1, "burst");
    }
    let waited = waiting.join_next().await.unwrap().unwrap();
    assert!(waited.len() > 12, "{} said that they wait for the minute", waited.len());
    assert_eq!(lab.answers_with(429), 0);
    assert_eq!(lab.engine.store().spent_since(ID, Timestamp(0)).unwrap(), 96);
    let calls = lab.close().await;
    assert_eq!(calls.routes[IMAGE.route], 24);
}

/// The tasks that said, while they were queued, that they wait for their minute, until so many have ended.
async fn who_waits(mut changes: Receiver<TaskChange>, all: usize) -> HashSet<TaskId> {
    let (mut waited, mut ended) = (HashSet::new(), HashSet::new());
    while ended.len() < all {
        match changes.recv().await {
            Ok(TaskChange::Saved { task }) => {
                let for_its_minute = task.wait.is_some_and(|it| it.reason == WaitReason::Rate);
                if task.state == TaskState::Queued && for_its_minute {
                    waited.insert(task.id);
                }
                if task.state == TaskState::Succeeded {
                    ended.insert(task.id);
                }
            }
            Ok(_) => {}
            Err(RecvError::Lagged(missed)) => panic!("{missed} changes went unheard"),
            Err(RecvError::Closed) => break,
        }
    }
    waited
}
