//! What must hold, by the numbers of the promises: I1 no create without approval, I2 nothing lost, I3 linked or
//! uncertain, I4 nothing left submitting, I5 a sound file, I6 no key on the disk. And that a moment was what it is called.

use std::{collections::BTreeSet, fs, io};

use shiwen_core::{Outcome, TaskId, TaskState};
use shiwen_sandbox::Calls;

use crate::{
    case::{Case, Moment, Work},
    history::{History, paid_calls},
    run::Report,
    stage::{Stage, files_with, secrets},
};

/// I5, after each kill.
pub(crate) fn file(history: &History, violations: &mut Vec<String>) {
    if history.integrity != ["ok"] {
        violations.push(format!("I5: the file is not sound: {:?}", history.integrity));
    }
    for detail in &history.tasks {
        let is_won = detail.task.state == TaskState::Succeeded;
        if is_won
            && detail.transcripts.is_empty()
            && detail.output.is_none()
            && detail.task.found.title.is_none()
        {
            violations.push(format!("I5: task {} succeeded without a result", detail.task.id));
        }
        if !is_won && !detail.transcripts.is_empty() {
            violations.push(format!("I5: task {} has half a result", detail.task.id));
        }
    }
}

/// How many calls of a code the service counts.
fn of(code: &str, counts: &std::collections::BTreeMap<String, u64>) -> u64 {
    counts.iter().filter(|(about, _)| about.contains(code)).map(|(_, count)| count).sum()
}

/// That the program died where the case says.
pub(crate) fn moment(
    case: &Case,
    stage: &Stage<'_>,
    history: &History,
    violations: &mut Vec<String>,
) {
    let creates = stage.relay.creates();
    let calls: Calls = stage.sandbox.calls();
    let submitting = history.count(TaskState::Submitting);
    let running = history.count(TaskState::Running);
    let succeeded = history.count(TaskState::Succeeded);
    let together = case.work == Work::MomogetTogether;
    // Other calls may be further, and a thread runs on for some microseconds while the signal is on its way.
    let others = if together { 0 } else { case.codes.len() - 1 };
    let kept = if together { case.codes.len() } else { case.hit as usize };
    let true_so = match case.moment {
        Moment::BeforeIntent => creates.len() <= others && history.count(TaskState::Queued) > 0,
        Moment::IntentKept => creates.len() <= others && submitting > 0,
        Moment::Connected => stage.relay.silent() > 0 && creates.len() <= others && submitting > 0,
        Moment::HalfSent => {
            let half = |length, received| 0 < received && received < length;
            creates.iter().any(|it| half(it.body_length, it.body_received)) && submitting > 0
        }
        Moment::Sent => creates.iter().any(|it| {
            it.body_received == it.body_length && it.head_given == 0 && it.passed_on != case.lost
        }),
        Moment::HeadReceived => {
            creates.iter().any(|it| it.head_given > 0 && it.body_given == 0) && submitting > 0
        }
        Moment::IdParsed => {
            let accepted: u64 = calls.accepted_by_link.values().sum();
            accepted >= kept as u64 && submitting > 0
        }
        Moment::AcceptedKept => running + succeeded >= kept,
        Moment::Asked => running > 0,
        Moment::ResultReceived => running > 0 && succeeded <= others,
        Moment::ResultWritten => running + submitting > 0 && succeeded <= others,
        Moment::Migration => history.tasks.is_empty() && creates.is_empty(),
        Moment::Backup => fs::read_dir(stage.history().join("backups")).is_ok_and(|mut made| {
            made.any(|file| {
                file.is_ok_and(|file| file.path().extension() == Some("partial".as_ref()))
            })
        }),
    };
    if !true_so {
        let states: Vec<_> = history.tasks.iter().map(|it| it.task.state).collect();
        violations.push(format!("it was not the moment: {states:?} {creates:?} {calls:?}"));
    }
    if case.codes.len() == 1 && case.moment != Moment::Migration {
        let blocks = matches!(case.work, Work::CozeInfo | Work::RawUgcAnalysis);
        let doubt = case.moment.leaves_doubt() || (blocks && case.moment == Moment::ResultWritten);
        // A backup waits until no call is out, and may come before or after the only one.
        if doubt != (submitting == 1) && case.moment != Moment::Backup {
            violations.push(format!("doubt {doubt}, but {submitting} submitting"));
        }
    }
}

/// I1 to I4 and the opposite of them, that nothing is called uncertain without a reason. Answers how many uncertain
/// tasks there are whose call the service never saw.
pub(crate) fn promises(
    case: &Case,
    stage: &Stage<'_>,
    (history, doubted): (&History, &BTreeSet<TaskId>),
    report: &mut Report,
) -> usize {
    let calls = stage.sandbox.calls();
    let mut wrong = Vec::new();
    let mut unseen = 0;
    if history.tasks.len() != case.codes.len() {
        wrong.push(format!("I2: {} tasks of {}", history.tasks.len(), case.codes.len()));
    }
    for code in &case.codes {
        let (accepted, arrived) =
            (of(code, &calls.accepted_by_link), of(code, &calls.creates_by_link));
        let tasks: Vec<_> = history.of_code(code).collect();
        let [detail] = tasks[..] else {
            wrong.push(format!("I2: {code} is {} tasks", tasks.len()));
            continue;
        };
        let task = &detail.task;
        // A call that the service refused with a proof of it, such as too many tasks at once, is made again.
        let refused = detail.attempts.iter().filter(|it| it.outcome == Some(Outcome::Rejected));
        if accepted > 1 || arrived > 1 + refused.count() as u64 {
            wrong.push(format!(
                "I1: {code} was approved once, arrived {arrived}, accepted {accepted}"
            ));
        }
        if paid_calls(detail) > 1 {
            wrong.push(format!("I1: {code} has {} calls that may be paid", paid_calls(detail)));
        }
        let crashed = detail.attempts.iter().any(|it| it.outcome == Some(Outcome::Crashed));
        match task.state {
            TaskState::Submitting => wrong.push(format!("I4: {code} is still submitting")),
            TaskState::Uncertain => {
                if !(crashed && doubted.contains(&task.id)) {
                    wrong.push(format!("{code} is uncertain and had no open attempt"));
                }
                unseen += usize::from(arrived == 0);
            }
            TaskState::Succeeded => {
                if accepted != 1 {
                    wrong.push(format!("I3: {code} succeeded, accepted {accepted}"));
                }
                // A task in doubt only goes on when its job was found at the service.
                let found = detail
                    .attempts
                    .iter()
                    .any(|it| it.outcome == Some(Outcome::Crashed) && it.remote_id.is_some());
                if doubted.contains(&task.id) && !found {
                    wrong.push(format!("{code} had an open attempt and is not uncertain"));
                }
                report.found += usize::from(found);
            }
            other => {
                wrong.push(format!("{code} is {other} on a healthy network: {:?}", task.failure))
            }
        }
        let blocks = matches!(case.work, Work::CozeInfo | Work::RawUgcAnalysis);
        let linked = task.remote_id.is_some() || (blocks && task.state == TaskState::Succeeded);
        if accepted > 0 && !linked && task.state != TaskState::Uncertain {
            wrong.push(format!("I3: {code} was accepted and nobody knows of it"));
        }
    }
    report.violations.append(&mut wrong);
    unseen
}

/// Whatever bears the name of a backup is one.
pub(crate) fn backups(stage: &Stage<'_>, violations: &mut Vec<String>) -> io::Result<()> {
    let folder = stage.history().join("backups");
    if !folder.exists() {
        return Ok(());
    }
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension() != Some("db".as_ref()) {
            continue;
        }
        match History::of_backup(&path) {
            Ok(backup) if backup.integrity == ["ok"] => {}
            Ok(backup) => violations.push(format!("I5: a backup says {:?}", backup.integrity)),
            Err(error) => violations.push(format!("I5: a backup cannot be read: {error}")),
        }
    }
    Ok(())
}

/// I6.
pub(crate) fn keys(stage: &Stage<'_>, violations: &mut Vec<String>) -> io::Result<()> {
    let found = files_with(stage.folder.path(), &secrets())?;
    violations.extend(found.into_iter().map(|file| format!("I6: {file}")));
    Ok(())
}
