//! The invariants, once everything has come to rest: the program's history against the services' own books.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use shiwen_core::{Attempt, AttemptId, CancelCause, Outcome, Output, TaskDetail, TaskState};
use shiwen_store::{Store, faults::SpendRow};

use crate::{
    ledger::{Call, End, Ledger, Verdict},
    speech::{CANARY, KINDS, Kind, address_of, text_of},
    user::Wanted,
};

/// Everything that is not as it should be.
pub(crate) fn compare(
    store: &Store,
    folder: &Path,
    ledger: &Ledger,
    left: &BTreeSet<String>,
    wanted: &[Wanted],
) -> Vec<String> {
    let mut found = Vec::new();
    let spend: BTreeMap<_, _> =
        store.spend_rows().unwrap().into_iter().map(|row| (row.attempt, row)).collect();
    let mut booked = 0;
    for wanted in wanted {
        let Some(id) = wanted.id else { continue };
        let Ok(detail) = store.detail(id) else {
            found.push(format!("I2: {} is lost", wanted.key));
            continue;
        };
        let left = left.contains(&wanted.key);
        let task = Checked { wanted, detail: &detail, ledger, left, found: Vec::new() };
        let (more, rows) = task.check(&spend);
        found.extend(more);
        booked += rows;
        for answer in store.answers(id).unwrap() {
            if holds_canary(&answer) {
                found.push(format!("I6: an answer to {} holds the key", wanted.key));
            }
        }
        let json = serde_json::to_string(&detail).unwrap();
        if holds_canary(json.as_bytes()) {
            found.push(format!("I6: {} holds the key", wanted.key));
        }
    }
    if booked != spend.len() {
        found.push(format!("spend: {} rows, {booked} calls that can have cost", spend.len()));
    }
    if store.integrity().unwrap() != ["ok"] {
        found.push(format!("I5: {:?}", store.integrity()));
    }
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let reserve = path.file_name().is_some_and(|name| name == "reserve.bin");
        if !reserve && path.is_file() && holds_canary(&fs::read(&path).unwrap()) {
            found.push(format!("I6: {} holds the key", path.display()));
        }
    }
    found
}

struct Checked<'a> {
    wanted: &'a Wanted,
    detail: &'a TaskDetail,
    ledger: &'a Ledger,
    left: bool,
    found: Vec<String>,
}

impl Checked<'_> {
    fn check(mut self, spend: &BTreeMap<AttemptId, SpendRow>) -> (Vec<String>, usize) {
        let pairs = self.pairs();
        let mut booked = 0;
        for (attempt, call) in &pairs {
            self.outcome(attempt, call.as_ref());
            booked += self.spent(attempt, call.as_ref(), spend.get(&attempt.id));
        }
        self.calls(&pairs);
        self.remotes(&pairs);
        self.state(&pairs);
        (self.found, booked)
    }

    fn wrong(&mut self, what: String) {
        self.found.push(format!("{} {:?}: {what}", self.wanted.key, self.wanted.kind));
    }

    /// Each attempt with the call that it was the intent of.
    fn pairs(&self) -> Vec<(Attempt, Option<Call>)> {
        let mut calls: Vec<_> = self.ledger.calls_for(&self.wanted.key).cloned().collect();
        let pair = |attempt: &Attempt| {
            let place = calls.iter().position(|call| call.at == attempt.intent_at.0);
            (attempt.clone(), place.map(|place| calls.remove(place)))
        };
        self.detail.attempts.iter().map(pair).collect()
    }

    /// The attempt says of its call what the call proved; uncertain is only what nobody can know.
    fn outcome(&mut self, attempt: &Attempt, call: Option<&Call>) {
        let expected = match call.map(|call| (call.settled, &call.verdict)) {
            Some((true, Some(verdict))) => match verdict {
                Verdict::NotSent { .. } => Outcome::NotSent,
                Verdict::Rejected | Verdict::Later => Outcome::Rejected,
                Verdict::Accepted(_) | Verdict::Done => Outcome::Accepted,
                Verdict::Unknown => Outcome::Unknown,
            },
            // The intent was written and the program died before an outcome was.
            _ => Outcome::Crashed,
        };
        if attempt.outcome != Some(expected) {
            self.wrong(format!("attempt {attempt:?} of {call:?} should be {expected}"));
        }
        if call.is_some_and(|call| call.kind.provider() != attempt.provider) {
            self.wrong(format!("{attempt:?} went elsewhere: {call:?}"));
        }
        if let Some(Call { settled: true, verdict: Some(Verdict::Accepted(id)), .. }) = call
            && attempt.remote_id.as_ref() != Some(id)
        {
            self.wrong(format!("I3: accepted as {id}, kept as {:?}", attempt.remote_id));
        }
        if let Some(call) =
            call.filter(|call| !call.settled && !self.ledger.killed.contains(&call.life))
        {
            self.wrong(format!("nobody killed the program, and it wrote no outcome: {call:?}"));
        }
        let absent = attempt.evidence.as_ref().and_then(|seen| seen.not_there_at);
        // A job is told from others by its time too, and only a clock that is right can do that.
        let on_time = call.filter(|call| call.clock_off.abs() < 60_000);
        let there = on_time.and_then(|call| call.remote).map(|place| &self.ledger.remotes[place]);
        if let (Some(at), Some(there)) = (absent, there.filter(|it| it.gone_at == i64::MAX)) {
            self.wrong(format!("proven not there at {}, and there it is: {there:?}", at.0));
        }
        if attempt.outcome == Some(Outcome::Unknown) && call.is_none_or(|call| !call.seen) {
            self.wrong(format!("{attempt:?} is called uncertain, and nobody saw it"));
        }
    }

    /// Every call that was made is in the history; those that found no network leave no trace.
    fn calls(&mut self, pairs: &[(Attempt, Option<Call>)]) {
        let known = |call: &&Call| {
            pairs.iter().any(|(_, of)| of.as_ref().is_some_and(|of| of.at == call.at))
        };
        let forgotten: Vec<_> = self
            .ledger
            .calls_for(&self.wanted.key)
            .filter(|call| !known(call))
            .filter(|call| call.verdict != Some(Verdict::NotSent { offline: true }))
            .cloned()
            .collect();
        for call in forgotten {
            self.wrong(format!("a call without an attempt: {call:?}"));
        }
    }

    /// Everything that runs at a service is known here, or the user knows that it may.
    fn remotes(&mut self, pairs: &[(Attempt, Option<Call>)]) {
        let places = self.ledger.remotes.iter().enumerate();
        let mine = places.filter(|(_, remote)| remote.keys.contains(&self.wanted.key));
        let mine: Vec<_> = mine.map(|(place, remote)| (place, remote.clone())).collect();
        for (place, remote) in mine {
            let of = pairs
                .iter()
                .find(|(_, call)| call.as_ref().is_some_and(|call| call.remote == Some(place)));
            let known = of.is_some_and(|(attempt, _)| match attempt.outcome {
                Some(Outcome::Accepted) => {
                    remote.kind.is_blocking()
                        || attempt.remote_id == Some(remote.kind.lasting(&remote.id))
                }
                Some(Outcome::Unknown | Outcome::Crashed) => true,
                _ => false,
            });
            if !known {
                self.wrong(format!("I3: nobody here knows of {remote:?}"));
            }
        }
    }

    /// What the ledger says was spent is what the service took, where it is called certain. Answers the rows of it.
    fn spent(&mut self, attempt: &Attempt, call: Option<&Call>, row: Option<&SpendRow>) -> usize {
        // An intent without a call was one for the provider that the task had come to by then.
        let meant = self.wanted.kind;
        let there = |kind: &&Kind| {
            kind.provider() == attempt.provider && kind.operation() == meant.operation()
        };
        let intended = || KINDS.iter().find(there).copied().unwrap_or(meant);
        let kind = call.map_or_else(intended, |call| call.kind);
        let may_cost = matches!(
            attempt.outcome,
            Some(Outcome::Accepted | Outcome::Unknown | Outcome::Crashed)
        );
        // A call with several links is booked once, with the first of them.
        let first = call.is_none_or(|call| call.keys[0] == self.wanted.key);
        let Some(row) = row else {
            // Without a call nobody knows here which of a group is the first.
            if may_cost && first && call.is_some() {
                self.wrong(format!("spend: nothing was booked for {attempt:?}"));
            }
            return 0;
        };
        if !may_cost {
            self.wrong(format!("spend: {row:?} for {attempt:?}"));
        }
        // How many links an intent without a call was for is known to the history alone.
        let links = call.map_or(row.links, |call| call.keys.len());
        if row.links != links {
            self.wrong(format!("spend: {row:?} of a call with {links}"));
        }
        let proven = attempt.outcome == Some(Outcome::Accepted) || attempt.remote_id.is_some();
        // Of a call with several links each task may have been settled in its own way.
        let alone = links == 1 || attempt.outcome == Some(Outcome::Accepted);
        if alone && row.certain != proven {
            self.wrong(format!("spend: {row:?} is not {proven} for {attempt:?}"));
        }
        let took = kind.price(links);
        let right = row.amount == took || (row.amount.is_none() && (links > 1 || !proven));
        // The price of what needs a model or a list is known from the answer alone.
        let only_said = kind == Kind::RawUgc && attempt.outcome != Some(Outcome::Accepted);
        if !right && !only_said {
            self.wrong(format!("spend: {row:?}, and the service took {took:?} for {links}"));
        }
        1
    }

    /// The task's end is what its service says, or what the user decided.
    fn state(&mut self, pairs: &[(Attempt, Option<Call>)]) {
        let task = &self.detail.task;
        let key = &self.wanted.key;
        let last = pairs.last().map(|(attempt, _)| attempt);
        let outcome = last.and_then(|attempt| attempt.outcome);
        let followed = task.remote_id.as_deref();
        let remote = self.ledger.remotes.iter().find(|it| {
            followed == Some(it.id.as_str()) || followed == Some(it.kind.lasting(&it.id).as_str())
        });
        // The id of a call for several links, named by the user for a task that was sent by itself since: it gets what
        // that call gave, whosever it is.
        let last_call = pairs.last().and_then(|(_, call)| call.as_ref());
        let of_others = remote.is_some_and(|it| {
            it.keys.len() > 1 && last_call.is_some_and(|call| call.keys.len() != it.keys.len())
        });
        let right = match task.state {
            TaskState::Succeeded | TaskState::Failed if of_others => true,
            TaskState::Succeeded => self.gave_right_thing(),
            TaskState::Failed => {
                outcome == Some(Outcome::Rejected)
                    || remote.is_some_and(|it| {
                        it.keys.contains(key) && it.end_of(key) != End::Done
                            || it.gone_at < i64::MAX
                    })
            }
            TaskState::Uncertain => {
                matches!(outcome, Some(Outcome::Unknown | Outcome::Crashed))
            }
            TaskState::Cancelled => {
                self.left || task.cancel_cause == Some(CancelCause::StoppedWaiting)
            }
            // Told before: no rest.
            TaskState::Queued | TaskState::Submitting | TaskState::Running => true,
        };
        if !right {
            self.wrong(format!("I2: it is {} after {last:?}: {:?}", task.state, task.failure));
        }
    }

    /// The text or work that came back is the one of this task, and somebody was paid for it.
    fn gave_right_thing(&self) -> bool {
        let key = &self.wanted.key;
        let paid = self.ledger.remotes_for(key).next().is_some();
        let right = match self.wanted.kind {
            Kind::Momoget | Kind::Coze | Kind::TranscriptGenerate => {
                // With the id of a call for several links the user may adopt the texts of all of them.
                self.detail.transcripts.iter().any(|version| version.text.contains(&text_of(key)))
            }
            Kind::CozeInfo => {
                self.detail.task.title().is_some_and(|title| title.contains(key.as_str()))
            }
            Kind::RawUgcAnalysis => matches!(&self.detail.output, Some(Output::Analysis(it))
                if it.summary.as_deref().is_some_and(|summary| summary.contains(key.as_str()))),
            Kind::RawUgc | Kind::Jimeng => {
                matches!(&self.detail.output, Some(Output::Works { works })
                if works.iter().any(|work| work.url == address_of(key)))
            }
        };
        paid && right
    }
}

fn holds_canary(bytes: &[u8]) -> bool {
    let canary = CANARY.as_bytes();
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == canary[0]) {
        rest = &rest[at..];
        if rest.starts_with(canary) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

#[cfg(test)]
mod tests {
    use shiwen_core::{Failure, FailureKind, Input, NewTask, Timestamp, Unit};
    use shiwen_store::{RawAnswer, Spent};

    use super::*;
    use crate::speech::{key_of, url_of};

    #[test]
    fn of_an_intent_for_several_links_one_may_keep_an_id_that_another_has_learned_to_be_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let (kind, at) = (Kind::Momoget, Timestamp(1_790_000_000_000));
        let keys = [key_of(1), key_of(2)];
        let tasks = keys.clone().map(|key| NewTask {
            link: Some(shiwen_share_text::extract(&url_of(&key)).remove(0).link),
            operation: kind.operation(),
            provider: kind.provider(),
            input: Input::new(),
            parent: None,
            target_language: None,
            again: false,
            then: Vec::new(),
        });
        let ids = store.add_together("", &tasks, 2, at).unwrap();
        store.claim(ids[0], at).unwrap();
        let crashed = Failure::new(kind.provider(), FailureKind::Network);
        let spent = Spent { unit: Unit::Use, amount: Some(1), said: false, certain: false };
        store.recover(|_| (crashed.clone(), spent), at).unwrap();
        store.adopt(ids[0], &kind.new_id(999), at).unwrap();
        store.cancel(ids[0], at).unwrap();
        let unheard_of = Failure::new(kind.provider(), FailureKind::NotFound);
        let answer = RawAnswer { asked: "status", http_status: 404, body: Vec::new() };
        store.lost(ids[1], &unheard_of, &answer, at).unwrap();

        let of = |(key, id): (String, _)| Wanted { key, kind, id: Some(id), in_trash: false };
        let wanted: Vec<_> = keys.into_iter().zip(ids).map(of).collect();
        let nobody = BTreeSet::new();
        let found = compare(&store, folder.path(), &Ledger::default(), &nobody, &wanted);

        assert_eq!(found, [""; 0]);
    }
}
