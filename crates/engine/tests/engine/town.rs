//! Two services side by side, each with one answer to every create call: Momoget, and TranscriptGenerate.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use serde_json::json;
use shiwen_core::{ProviderId, Submission, TaskId};
use shiwen_engine::Engine;
use shiwen_secrets::{Keys, Secret, Source};

use crate::lab::{CANARY, Lab, Play, accepted, refused, submission};

pub(crate) const FIRST: ProviderId = ProviderId::Momoget;
pub(crate) const NEXT: ProviderId = ProviderId::TranscriptGenerate;

/// What the two do now, to be changed while they run.
#[derive(Clone)]
pub(crate) struct Town {
    /// To a create call at each.
    pub(crate) creates: Arc<Mutex<BTreeMap<ProviderId, Play>>>,
    /// Seconds left and tasks at work at TranscriptGenerate; none says nothing of it.
    pub(crate) left: Arc<Mutex<Option<(u32, u32)>>>,
    /// What TranscriptGenerate says of a task.
    pub(crate) word: Arc<Mutex<&'static str>>,
}

impl Town {
    /// Both accept and get nowhere.
    pub(crate) fn begin(lab: &Lab) -> Self {
        let town = Self {
            creates: Arc::new(Mutex::new(BTreeMap::from([
                (FIRST, accepted()),
                (NEXT, taken("9")),
            ]))),
            left: Arc::new(Mutex::new(Some((3600, 0)))),
            word: Arc::new(Mutex::new("WAITING")),
        };
        let plays = town.clone();
        lab.script.plays(move |asked| plays.play(asked));
        town
    }

    pub(crate) fn answers(&self, provider: ProviderId, play: Play) {
        self.creates.lock().unwrap().insert(provider, play);
    }

    fn play(&self, asked: &str) -> Play {
        let create = |provider| self.creates.lock().unwrap()[&provider].clone();
        let left = *self.left.lock().unwrap();
        match asked.rsplit('/').next().unwrap() {
            "transcribe" => create(FIRST),
            "create" => create(NEXT),
            "task-status" => Play::Answer(200, r#"{"code":200,"status":"processing"}"#.to_owned()),
            "query" => spoken(&json!({
                "taskId": "9", "status": *self.word.lock().unwrap(),
                "textContent": "先把土翻松。", "duration": 63,
            })),
            "usage" => match left {
                Some((left, _)) => {
                    spoken(&json!({ "availableSeconds": left, "totalSeconds": 7200 }))
                }
                None => refused(404, "nothing"),
            },
            "concurrency" => match left {
                Some((_, now)) => {
                    spoken(&json!({ "currentConcurrency": now, "maxConcurrency": 5 }))
                }
                None => refused(404, "nothing"),
            },
            _ => refused(404, "nobody there"),
        }
    }

    /// Create calls that reached each of the two.
    pub(crate) fn created(lab: &Lab) -> (usize, usize) {
        let calls = |end: &str| {
            let calls = lab.script.calls.lock().unwrap();
            calls.iter().filter(|(_, asked)| asked.ends_with(end)).count()
        };
        (calls("/transcribe"), calls("/task/create"))
    }
}

/// A lab with keys for these.
pub(crate) fn lab(providers: &[ProviderId]) -> Lab {
    Lab::with_keys(keys(providers))
}

pub(crate) fn keys(providers: &[ProviderId]) -> Keys {
    let all = providers.iter().map(|id| {
        let names: &[&str] = match id {
            ProviderId::Momoget => &["user_id"],
            ProviderId::TranscriptGenerate => &["api_key", "api_secret"],
            ProviderId::Coze => &["token"],
            _ => &["api_key"],
        };
        (*id, names.iter().map(|name| ((*name).to_owned(), Secret::new(CANARY))).collect())
    });
    Keys::new(Source::Fixed(all.collect()), BTreeMap::new())
}

/// One task, first at the one provider and then at the others.
pub(crate) fn submit_to(engine: &Engine, code: &str, chain: &[ProviderId]) -> TaskId {
    engine.create_tasks(&wish(&[code], chain)).unwrap()[0]
}

pub(crate) fn wish(codes: &[&str], chain: &[ProviderId]) -> Submission {
    Submission { provider: chain[0], then: chain[1..].to_vec(), ..submission(codes) }
}

/// TranscriptGenerate accepts.
pub(crate) fn taken(id: &str) -> Play {
    spoken(&json!({ "taskId": id, "status": "WAITING" }))
}

/// TranscriptGenerate refuses, in its own words.
pub(crate) fn told(code: u32, words: &str) -> Play {
    Play::Answer(200, json!({ "code": code, "msg": words, "data": null }).to_string())
}

fn spoken(data: &serde_json::Value) -> Play {
    Play::Answer(200, json!({ "code": 200, "msg": "Success", "data": data }).to_string())
}
