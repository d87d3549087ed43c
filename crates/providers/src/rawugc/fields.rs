//! What each operation and call takes: the tables of the contract, field by field.

use crate::form::FieldSpec;

const SORA_TEXT: &str = "sora-2-text-to-video";
const SORA_IMAGE: &str = "sora-2-image-to-video";
const KLING: &str = "kling-2.6/motion-control";
const VEO: &str = "veo3";
const VEO_FAST: &str = "veo3_fast";

const BANANA: &str = "nano-banana-2";
const BANANA_EDIT: &str = "google/nano-banana-edit";

const PICTURES: &[&str] = &["image/png", "image/jpeg", "image/webp"];
const VIDEOS: &[&str] = &["video/mp4", "video/quicktime", "video/webm"];

pub(super) const ANALYZE: &[FieldSpec] = &[FieldSpec::long_text("prompt", 5000)];

pub(super) const VIDEO: &[FieldSpec] = &[
    FieldSpec::choice("model", &[SORA_TEXT, SORA_IMAGE, KLING, VEO, VEO_FAST]).required(),
    FieldSpec::long_text("prompt", 5000).required().models(&[SORA_TEXT, VEO, VEO_FAST]),
    FieldSpec::long_text("prompt", 5000).models(&[SORA_IMAGE, KLING]),
    FieldSpec::addresses("imageUrls", Some(10), PICTURES).required().models(&[SORA_IMAGE, KLING]),
    // One is the first picture, two are the first and the last.
    FieldSpec::addresses("imageUrls", Some(2), PICTURES).models(&[VEO, VEO_FAST]),
    FieldSpec::addresses("videoUrls", Some(1), VIDEOS).required().models(&[KLING]),
    FieldSpec::choice("aspectRatio", &["portrait", "landscape"]).models(&[SORA_TEXT, SORA_IMAGE]),
    FieldSpec::choice("aspectRatio", &["16:9", "9:16", "Auto"]).models(&[VEO, VEO_FAST]),
    // Seconds, whatever the name says, and a text.
    FieldSpec::choice("nFrames", &["10", "15"]).models(&[SORA_TEXT, SORA_IMAGE]),
    FieldSpec::item("selectedCharacter", "characters"),
    FieldSpec::choice("characterOrientation", &["image", "video"]).models(&[KLING]),
    FieldSpec::choice("mode", &["720p", "1080p"]).models(&[KLING]),
];

pub(super) const IMAGE: &[FieldSpec] = &[
    FieldSpec::choice("model", &[BANANA, BANANA_EDIT]).required(),
    FieldSpec::long_text("prompt", 20_000).required(),
    FieldSpec::addresses("imageUrls", Some(14), PICTURES).models(&[BANANA]),
    FieldSpec::addresses("imageUrls", Some(14), PICTURES).required().models(&[BANANA_EDIT]),
    FieldSpec::choice(
        "aspectRatio",
        &[
            "1:1", "1:4", "1:8", "2:3", "3:2", "3:4", "4:1", "4:3", "4:5", "5:4", "8:1", "9:16",
            "16:9", "21:9", "auto",
        ],
    )
    .models(&[BANANA])
    .default_text("auto"),
    // A ratio too.
    FieldSpec::choice(
        "imageSize",
        &["1:1", "9:16", "16:9", "3:4", "4:3", "3:2", "2:3", "5:4", "4:5", "21:9", "auto"],
    )
    .models(&[BANANA_EDIT]),
    FieldSpec::choice("resolution", &["1K", "2K", "4K"]).models(&[BANANA]).default_text("1K"),
    FieldSpec::choice("outputFormat", FORMATS).models(&[BANANA]).default_text("jpg"),
    FieldSpec::choice("outputFormat", FORMATS).models(&[BANANA_EDIT]).default_text("png"),
    FieldSpec::flag("googleSearch").models(&[BANANA]).default_flag(false),
];

const FORMATS: &[&str] = &["png", "jpeg", "jpg"];

pub(super) const IMAGE_COSTS: &[(&str, u32)] = &[(BANANA, 4), (BANANA_EDIT, 2)];

pub(super) const MUSIC: &[FieldSpec] = &[
    FieldSpec::long_text("prompt", 2000).required(),
    FieldSpec::choice("model", MUSIC_MODELS).default_text("V5"),
    FieldSpec::flag("instrumental").default_flag(true),
    // With a style, it switches to what the service calls custom mode.
    FieldSpec::text("title").longest(200),
    FieldSpec::text("style").longest(500),
];

const MUSIC_MODELS: &[&str] = &["V3_5", "V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5"];

pub(super) const MUSIC_COSTS: &[(&str, u32)] =
    &[("", 3), ("V3_5", 3), ("V4", 3), ("V4_5", 3), ("V4_5PLUS", 3), ("V4_5ALL", 3), ("V5", 3)];

const OF_VIDEO: FieldSpec = FieldSpec::item("videoId", "videos");

/// A code like `en`; without one the service listens for itself.
pub(super) const CAPTIONS: &[FieldSpec] = &[OF_VIDEO.required(), FieldSpec::text("language")];

pub(super) const OVERLAY: &[FieldSpec] = &[
    OF_VIDEO.required(),
    FieldSpec::long_text("text", 500).required(),
    FieldSpec::choice("position", &["top", "center", "bottom"]),
    FieldSpec::whole("fontSize", 8.0, Some(200.0)),
    FieldSpec::whole("topBottomMargin", 0.0, Some(500.0)),
    FieldSpec::number("strokeThickness", 0.0, 10.0),
];

pub(super) const SCRAPE: &[FieldSpec] = &[
    FieldSpec::text("query").longest(500).required(),
    FieldSpec::choice("mode", &["keyword", "hashtag", "search"]).default_text("keyword"),
    FieldSpec::whole("limit", 1.0, Some(10.0)).default_number(10.0),
];

pub(super) const PLAN: &[FieldSpec] =
    &[FieldSpec::text("scrapeId").required(), FieldSpec::long_text("brief", 5000).required()];

const STATUS: FieldSpec =
    FieldSpec::choice("status", &["pending", "processing", "completed", "failed"]);
const LIMIT: FieldSpec = FieldSpec::whole("limit", 1.0, Some(100.0));
const PAGE: FieldSpec = FieldSpec::whole("page", 1.0, None).default_number(1.0);

pub(super) const VIDEO_LIST: &[FieldSpec] = &[STATUS, LIMIT.default_number(50.0), PAGE];
/// Of pictures and of music.
pub(super) const SHORT_LIST: &[FieldSpec] = &[STATUS, LIMIT.default_number(20.0), PAGE];

const NAME: FieldSpec = FieldSpec::text("name").longest(200);
const DESCRIPTION: FieldSpec = FieldSpec::long_text("description", 1000);

const PERSONA_DESCRIPTION: FieldSpec = FieldSpec::long_text("description", 5000);
pub(super) const NEW_PERSONA: &[FieldSpec] = &[NAME.required(), PERSONA_DESCRIPTION.required()];
pub(super) const PERSONA: &[FieldSpec] = &[NAME, PERSONA_DESCRIPTION];

const BODY: FieldSpec = FieldSpec::long_text("body", 5000);
pub(super) const NEW_MESSAGE: &[FieldSpec] = &[NAME.required(), BODY.required()];
pub(super) const MESSAGE: &[FieldSpec] = &[NAME, BODY];

const PHOTOS: FieldSpec = FieldSpec::addresses("photos", None, PICTURES);
const MESSAGING: FieldSpec = FieldSpec::long_text("messaging", 5000);
pub(super) const NEW_PRODUCT: &[FieldSpec] =
    &[NAME.required(), PHOTOS.required(), DESCRIPTION, MESSAGING];
pub(super) const PRODUCT: &[FieldSpec] = &[NAME, PHOTOS, DESCRIPTION, MESSAGING];

const STYLE_TYPE: FieldSpec = FieldSpec::choice("type", &["video", "image"]);
const STYLE_RATIO: FieldSpec =
    FieldSpec::choice("aspectRatio", &["portrait", "landscape", "square"]);
/// With the placeholders `{productName}`, `{messaging}` and `{character}`.
const TEMPLATE: FieldSpec = FieldSpec::long_text("promptTemplate", 5000);
pub(super) const STYLE_LIST: &[FieldSpec] = &[STYLE_TYPE];
pub(super) const NEW_STYLE: &[FieldSpec] =
    &[NAME.required(), DESCRIPTION, STYLE_TYPE, STYLE_RATIO, TEMPLATE];
/// The documents disagree on whether the type can be changed, so it is never sent.
pub(super) const STYLE: &[FieldSpec] = &[NAME, DESCRIPTION, STYLE_RATIO, TEMPLATE];

const ACCOUNTS: FieldSpec = FieldSpec::items("accountIds", "accounts");
const SCHEDULED: FieldSpec = FieldSpec::time("scheduledFor");
const ZONE: FieldSpec = FieldSpec::text("timezone");
const CONTENT: FieldSpec = FieldSpec::long_text("content", 2200);

pub(super) const NEW_POST: &[FieldSpec] = &[
    FieldSpec::address("videoUrl", VIDEOS).required(),
    ACCOUNTS.required(),
    FieldSpec::choice("mode", &["schedule", "draft", "now"]).required(),
    SCHEDULED,
    ZONE.default_text("UTC"),
    CONTENT,
    OF_VIDEO,
    FieldSpec::flag("publishToInbox"),
    FieldSpec::choice(
        "tiktokPrivacyLevel",
        &["SELF_ONLY", "PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR"],
    ),
    FieldSpec::flag("tiktokAllowComment"),
    FieldSpec::flag("tiktokAllowDuet"),
    FieldSpec::flag("tiktokAllowStitch"),
    FieldSpec::choice("tiktokCommercialContentType", &["none", "brand_organic", "brand_content"]),
];
/// The accounts replace those before.
pub(super) const POST: &[FieldSpec] = &[CONTENT, SCHEDULED, ZONE, ACCOUNTS];
pub(super) const RESCHEDULE: &[FieldSpec] = &[SCHEDULED.required(), ZONE.default_text("UTC")];
pub(super) const POST_LIST: &[FieldSpec] = &[
    FieldSpec::any_time("fromDate"),
    FieldSpec::any_time("toDate"),
    FieldSpec::flag("includeDrafts"),
];

pub(super) const VIRAL_SEARCH: &[FieldSpec] = &[
    FieldSpec::text("q").required(),
    FieldSpec::whole("limit", 1.0, Some(50.0)).default_number(20.0),
];
