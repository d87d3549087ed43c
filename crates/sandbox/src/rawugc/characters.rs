//! The people who can appear in a video: two of the service's and one of the account's own.

use serde_json::{Value, json};

use super::{
    call::{Call, Reply},
    problem::Problem,
};
use crate::{dice, ids::EPOCH_MS, media, scenario::Scenario, state::State};

struct Character {
    id: &'static str,
    username: &'static str,
    display_name: &'static str,
    description: &'static str,
    kind: &'static str,
}

const CHARACTERS: &[Character] = &[
    Character {
        id: "chr_0001",
        username: "rawugc.mia",
        display_name: "Mia",
        description: "二十多岁，语速快，爱笑，适合护肤和家居。In her twenties, quick and cheerful; skin care and home.",
        kind: "admin",
    },
    Character {
        id: "chr_0002",
        username: "rawugc.leo",
        display_name: "Leo",
        description: "三十出头，健身房里说话，不绕弯子。Early thirties, talks in a gym, comes to the point.",
        kind: "admin",
    },
    Character {
        id: "chr_0003",
        username: "sandbox.laozhou",
        display_name: "老周 Lao Zhou",
        description: "退休电工，阳台种番茄，声音低沉。A retired electrician who grows tomatoes on his balcony; deep voice.",
        kind: "user",
    },
];

pub(super) fn is_known(username: &str) -> bool {
    CHARACTERS.iter().any(|character| character.username == username)
}

pub(super) fn list(state: &State, _call: &Call) -> Result<Reply, Problem> {
    let characters: Vec<Value> = CHARACTERS.iter().map(|character| character.body(state)).collect();
    let count = |kind: &str| CHARACTERS.iter().filter(|known| known.kind == kind).count();
    Ok(Reply::ok(json!({
        "characters": characters,
        "count": CHARACTERS.len(),
        "adminCount": count("admin"),
        "userCount": count("user"),
    })))
}

pub(super) fn show(state: &State, call: &Call) -> Result<Reply, Problem> {
    let character = CHARACTERS.iter().find(|character| character.id == call.id);
    let character = character.ok_or_else(|| Problem::not_found("character"))?;
    Ok(Reply::ok(character.body(state)))
}

impl Character {
    fn body(&self, state: &State) -> Value {
        json!({
            "_id": self.id,
            "username": self.username,
            "displayName": self.display_name,
            "description": self.description,
            "videoPreviewUrl": media::video_url(&state.url, dice::hash(self.id, 0), Scenario::Ok),
            "type": self.kind,
            "isActive": true,
            "createdAt": EPOCH_MS,
            "updatedAt": EPOCH_MS,
        })
    }
}
