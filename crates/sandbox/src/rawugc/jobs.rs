//! Videos, pictures and music that are generated: create, status and list are the same for the three.

use serde_json::{Map, Value, json};

use super::{
    call::{Call, Reply, Version},
    characters, edits,
    form::{Form, Optional, Required},
    problem::{Problem, check_visible},
};
use crate::{
    dice,
    dice::Dice,
    ids::Ticket,
    media,
    scenario::Scenario,
    state::{Stage, State},
};

/// One of the three kinds of jobs.
#[derive(Debug)]
pub(super) struct Kind {
    noun: &'static str,
    prefix: &'static str,
    id_field: &'static str,
    list_key: &'static str,
    page_size: u64,
    estimate: &'static str,
    /// The place in this list is kept in ids.
    models: &'static [Model],
    /// Reads the fields and says which model it is.
    read: fn(&mut Form<'_>) -> usize,
    /// Fields of the request that the status repeats, with their defaults by model.
    repeated: &'static [(&'static str, &'static [Option<&'static str>])],
}

#[derive(Debug)]
struct Model {
    name: &'static str,
    credits: u32,
}

const fn model(name: &'static str, credits: u32) -> Model {
    Model { name, credits }
}

/// What a video costs is not documented.
const VIDEO_CREDITS: u32 = 5;

pub(super) const VIDEO: &Kind = &Kind {
    noun: "video",
    prefix: "vid_",
    id_field: "videoId",
    list_key: "videos",
    page_size: 50,
    estimate: "1-3 minutes",
    models: &[
        model("sora-2-text-to-video", VIDEO_CREDITS),
        model("sora-2-image-to-video", VIDEO_CREDITS),
        model("kling-2.6/motion-control", VIDEO_CREDITS),
        model("veo3", VIDEO_CREDITS),
        model("veo3_fast", VIDEO_CREDITS),
    ],
    read: read_video,
    repeated: &[],
};

pub(super) const IMAGE: &Kind = &Kind {
    noun: "image",
    prefix: "img_",
    id_field: "imageId",
    list_key: "images",
    page_size: 20,
    estimate: "under a minute",
    models: &[model("nano-banana-2", 4), model("google/nano-banana-edit", 2)],
    read: read_image,
    repeated: &[
        ("imageSize", &[None, None]),
        ("resolution", &[Some("1K"), None]),
        ("outputFormat", &[Some("jpg"), Some("png")]),
    ],
};

pub(super) const MUSIC: &Kind = &Kind {
    noun: "track",
    prefix: "mus_",
    id_field: "musicId",
    list_key: "tracks",
    page_size: 20,
    estimate: "1-2 minutes",
    models: &[
        model("V3_5", 3),
        model("V4", 3),
        model("V4_5", 3),
        model("V4_5PLUS", 3),
        model("V4_5ALL", 3),
        model("V5", 3),
    ],
    read: read_music,
    repeated: &[("title", &[])],
};

/// As long as the melody that is served.
const TRACK_SECONDS: f64 = 3.84;

const TITLES: &[&str] = &[
    "阳台上的风 Balcony Wind",
    "慢车 Slow Tram",
    "早市 Morning Market",
    "雨后 After the Rain",
    "十二楼的灯 Light on the Twelfth Floor",
    "半块橡皮 Half an Eraser",
];

/// What an id has no room for.
#[derive(Debug)]
pub(crate) struct Job {
    kind: &'static Kind,
    ticket: Ticket,
    prompt: Option<String>,
    repeated: Map<String, Value>,
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.prefix == other.prefix
    }
}

impl Kind {
    fn id(&self, ticket: Ticket) -> String {
        format!("{}{}", self.prefix, ticket.number())
    }

    fn model(&self, ticket: Ticket) -> Option<&'static Model> {
        self.models.get(ticket.language as usize)
    }

    fn position(&self, model: Option<&str>) -> Option<usize> {
        self.models.iter().position(|known| Some(known.name) == model)
    }

    fn choose(&self, form: &mut Form<'_>) -> Option<usize> {
        let names: Vec<&str> = self.models.iter().map(|model| model.name).collect();
        let chosen = form.choice("model", Required, &names);
        self.position(chosen)
    }

    /// The ticket behind an id that the caller may see.
    pub(super) fn find(&self, state: &State, id: &str) -> Result<Ticket, Problem> {
        let ticket = id
            .strip_prefix(self.prefix)
            .and_then(Ticket::from_digits)
            .filter(|ticket| state.knows(*ticket) && self.model(*ticket).is_some())
            .ok_or_else(|| Problem::not_found(self.noun))?;
        check_visible(ticket.scenario, self.noun)?;
        Ok(ticket)
    }
}

pub(super) fn create(kind: &'static Kind, state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = call.form()?;
    let position = (kind.read)(&mut form);
    form.finish()?;
    let model = &kind.models[position.min(kind.models.len() - 1)];
    let (ticket, balance) = call.accept(state, model.credits, position as u64)?;
    let repeated = kind.repeated.iter().filter_map(|(name, defaults)| {
        let sent = call.text_field(name);
        let value = sent.or_else(|| defaults.get(position).copied().flatten())?;
        Some(((*name).to_owned(), json!(value)))
    });
    let job = Job {
        kind,
        ticket,
        prompt: call.text_field("prompt").map(str::to_owned),
        repeated: repeated.collect(),
    };
    state.memory().rawugc.jobs.push(job);
    let mut body = json!({
        "model": model.name,
        "status": "pending",
        "creditsUsed": model.credits,
        "newBalance": balance,
        "estimatedCompletionTime": kind.estimate,
        "createdAt": ticket.created_ms(),
    });
    body[kind.id_field] = json!(kind.id(ticket));
    Ok(Reply::created(in_version(body, kind, call)))
}

fn read_video(form: &mut Form<'_>) -> usize {
    let position = VIDEO.choose(form);
    let model = position.map_or("", |position| VIDEO.models[position].name);
    let (sora, kling, veo) =
        (model.starts_with("sora"), model.starts_with("kling"), model.starts_with("veo"));
    let from_images = model == "sora-2-image-to-video" || kling;
    let needs_prompt = if from_images { Optional } else { Required };
    form.text("prompt", needs_prompt, 1..=5000);
    if from_images {
        form.urls("imageUrls", Required, 1..=10);
    } else if veo {
        form.urls("imageUrls", Optional, 0..=2);
    } else {
        form.refuse("imageUrls", "This model takes no pictures.");
    }
    if kling {
        form.urls("videoUrls", Required, 1..=1);
        form.choice("characterOrientation", Optional, &["image", "video"]);
        form.choice("mode", Optional, &["720p", "1080p"]);
        form.refuse("aspectRatio", "This model takes no aspect ratio.");
    } else {
        for name in ["videoUrls", "characterOrientation", "mode"] {
            form.refuse(name, "Only kling-2.6/motion-control takes this.");
        }
    }
    if sora {
        form.choice("aspectRatio", Optional, &["portrait", "landscape"]);
        form.choice("nFrames", Optional, &["10", "15"]);
    } else {
        form.refuse("nFrames", "Only the Sora models take this.");
    }
    if veo {
        form.choice("aspectRatio", Optional, &["16:9", "9:16", "Auto"]);
    }
    if let Some(username) = form.text("selectedCharacter", Optional, 1..=200)
        && !characters::is_known(username)
    {
        form.fault("selectedCharacter", "There is no such character.");
    }
    position.unwrap_or_default()
}

const RATIOS: &[&str] = &[
    "1:1", "1:4", "1:8", "2:3", "3:2", "3:4", "4:1", "4:3", "4:5", "5:4", "8:1", "9:16", "16:9",
    "21:9", "auto",
];
const SIZES: &[&str] =
    &["1:1", "9:16", "16:9", "3:4", "4:3", "3:2", "2:3", "5:4", "4:5", "21:9", "auto"];

fn read_image(form: &mut Form<'_>) -> usize {
    let position = IMAGE.choose(form);
    form.text("prompt", Required, 1..=20_000);
    form.choice("outputFormat", Optional, &["png", "jpeg", "jpg"]);
    match position {
        Some(1) => {
            form.urls("imageUrls", Required, 1..=14);
            form.choice("imageSize", Optional, SIZES);
            for name in ["aspectRatio", "resolution", "googleSearch"] {
                form.refuse(name, "Only nano-banana-2 takes this.");
            }
        }
        _ => {
            form.urls("imageUrls", Optional, 0..=14);
            form.choice("aspectRatio", Optional, RATIOS);
            form.choice("resolution", Optional, &["1K", "2K", "4K"]);
            form.flag("googleSearch");
            form.refuse("imageSize", "Only google/nano-banana-edit takes this.");
        }
    }
    position.unwrap_or_default()
}

fn read_music(form: &mut Form<'_>) -> usize {
    form.text("prompt", Required, 1..=2000);
    form.flag("instrumental");
    form.text("title", Optional, 0..=200);
    form.text("style", Optional, 0..=500);
    let newest = MUSIC.models.len() - 1;
    if form.has("model") { MUSIC.choose(form).unwrap_or(newest) } else { newest }
}

pub(super) fn show(kind: &'static Kind, state: &State, call: &Call) -> Result<Reply, Problem> {
    let ticket = kind.find(state, &call.id)?;
    let body = in_version(status(kind, state, ticket), kind, call);
    Ok(Reply::thing(body, ticket.scenario))
}

/// Newest first; the order is not documented. Jobs of an earlier sandbox are asked for by id only.
pub(super) fn list(kind: &'static Kind, state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = Form::of_query(&call.query);
    let wanted = form.choice("status", Optional, &["pending", "processing", "completed", "failed"]);
    let page_size = form.integer("limit", Optional, 1..=100).unwrap_or(kind.page_size);
    let page = form.integer("page", Optional, 1..=1_000_000).unwrap_or(1);
    form.finish()?;
    let tickets: Vec<Ticket> = {
        let memory = state.memory();
        let jobs = memory.rawugc.jobs.iter().rev().filter(|job| job.kind == kind);
        jobs.map(|job| job.ticket).collect()
    };
    let jobs: Vec<Value> = tickets
        .into_iter()
        .filter(|ticket| check_visible(ticket.scenario, kind.noun).is_ok())
        .map(|ticket| status(kind, state, ticket))
        .filter(|job| wanted.is_none_or(|wanted| job["status"] == wanted))
        .collect();
    let total = jobs.len() as u64;
    let skipped = (page - 1) * page_size;
    let jobs: Vec<Value> = jobs
        .into_iter()
        .skip(skipped as usize)
        .take(page_size as usize)
        .map(|job| in_version(job, kind, call))
        .collect();
    let mut body = json!({ "pagination": {
        "total": total,
        "page": page,
        "pageSize": page_size,
        "hasMore": skipped + page_size < total,
    } });
    body[kind.list_key] = json!(jobs);
    Ok(Reply::ok(body))
}

/// Whether captions and overlays can be put on a video.
pub(super) fn is_completed(state: &State, ticket: Ticket) -> bool {
    state.stage(ticket) == Stage::Done && failure(ticket.scenario).is_none()
}

fn status(kind: &'static Kind, state: &State, ticket: Ticket) -> Value {
    let edited = edits::edit_of(state, ticket);
    // A version shows what its original was asked for.
    let original = edited.map_or(ticket, |edit| edit.original);
    let stage = match edited {
        Some(edit) if edit.done_ms > crate::calendar::now_ms() => Stage::Working,
        Some(_) => Stage::Done,
        None => state.stage(ticket),
    };
    let model = kind.model(ticket);
    let mut body = json!({
        "model": model.map_or("", |model| model.name),
        "creditsUsed": edited.map_or(model.map_or(0, |model| model.credits), |_| 1),
        "createdAt": ticket.created_ms(),
    });
    body[kind.id_field] = json!(kind.id(ticket));
    {
        let memory = state.memory();
        let job = memory.rawugc.jobs.iter().find(|job| job.ticket == original);
        if let Some(prompt) = job.and_then(|job| job.prompt.as_deref()) {
            body["prompt"] = json!(prompt);
        }
        for (name, value) in job.iter().flat_map(|job| &job.repeated) {
            body[name] = value.clone();
        }
    }
    body["status"] = json!(match (stage, failure(ticket.scenario)) {
        (Stage::Waiting, _) => "pending",
        (Stage::Working, _) if ticket.scenario == Scenario::BadStatus => "rendering",
        (Stage::Working, _) => "processing",
        (Stage::Done, Some(_)) => "failed",
        (Stage::Done, None) => "completed",
    });
    if stage != Stage::Done {
        return body;
    }
    body["completedAt"] = json!(match edited {
        Some(edit) => edit.done_ms,
        None => ticket.created_ms() + state.duration_ms(ticket),
    });
    match failure(ticket.scenario) {
        Some((code, message)) => {
            body["failCode"] = json!(code);
            body["failMessage"] = json!(message);
        }
        None if ticket.scenario == Scenario::Empty => {}
        None => add_result(&mut body, kind, state, ticket, original),
    }
    body
}

fn add_result(body: &mut Value, kind: &Kind, state: &State, ticket: Ticket, original: Ticket) {
    let number = ticket.number();
    if kind == IMAGE {
        body["url"] = json!(media::image_url(&state.url, number, ticket.scenario));
    } else if kind == MUSIC {
        body["audioUrl"] = json!(media::audio_url(&state.url, number, ticket.scenario));
        body["albumArtUrl"] = json!(media::image_url(&state.url, number, ticket.scenario));
        body["duration"] = json!(TRACK_SECONDS);
        if body["title"].as_str().is_none_or(str::is_empty) {
            let title = Dice::new(dice::mix(ticket.seed)).pick(TITLES);
            body["title"] = json!(title);
        }
    } else {
        body["url"] = json!(media::video_url(&state.url, number, ticket.scenario));
        let versions = edits::versions(state, original);
        if !versions.is_empty() {
            body["versions"] = json!(versions);
        }
    }
}

/// How a job fails that was accepted.
fn failure(scenario: Scenario) -> Option<(&'static str, &'static str)> {
    match scenario {
        Scenario::Fail => {
            Some(("GENERATION_FAILED", "The model could not finish this generation."))
        }
        Scenario::Gone => {
            Some(("SOURCE_NOT_FOUND", "A source file does not exist or was deleted."))
        }
        _ => None,
    }
}

/// The fields as the asked-for version names them.
fn in_version(mut body: Value, kind: &Kind, call: &Call) -> Value {
    if Version::of(&call.headers) != Some(Version::Old) {
        return body;
    }
    let Some(fields) = body.as_object_mut() else { return body };
    for (new, old) in [
        (kind.id_field, "taskId"),
        ("url", "resultUrl"),
        ("audioUrl", "resultUrl"),
        ("albumArtUrl", "imageUrl"),
    ] {
        if let Some(value) = fields.remove(new) {
            fields.insert(old.to_owned(), value);
        }
    }
    if kind == VIDEO
        && let Some(id) = fields.get("taskId").cloned()
    {
        fields.insert("id".to_owned(), id);
    }
    let progress = match fields.get("status").and_then(Value::as_str) {
        Some("completed" | "failed") => 100,
        Some("pending") => 0,
        _ => 50,
    };
    fields.insert("progress".to_owned(), json!(progress));
    fields.remove("versions");
    body
}
