//! The three kinds of jobs: their models, and the fields that each model takes.

use super::{
    characters,
    form::{Form, Optional, Required},
    problem::{Problem, check_visible},
};
use crate::{ids::Ticket, state::State};

/// One of the three kinds of jobs.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) noun: &'static str,
    pub(super) prefix: &'static str,
    pub(super) id_field: &'static str,
    pub(super) list_key: &'static str,
    pub(super) page_size: u64,
    pub(super) estimate: &'static str,
    /// The place in this list is kept in ids.
    pub(super) models: &'static [Model],
    /// Reads the fields and says which model it is.
    pub(super) read: fn(&mut Form<'_>) -> usize,
    /// Fields of the request that the status repeats, with their defaults by model.
    pub(super) repeated: &'static [(&'static str, &'static [Option<&'static str>])],
}

#[derive(Debug)]
pub(super) struct Model {
    pub(super) name: &'static str,
    pub(super) credits: u32,
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

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.prefix == other.prefix
    }
}

impl Kind {
    pub(super) fn id(&self, ticket: Ticket) -> String {
        format!("{}{}", self.prefix, ticket.number())
    }

    pub(super) fn model(&self, ticket: Ticket) -> Option<&'static Model> {
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
