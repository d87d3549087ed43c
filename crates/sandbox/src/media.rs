//! The media hosts: pictures made from a seed, and one short video of moving colours for all.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{dice, dice::Dice, state::State};

/// Four seconds of colours, VP8, without sound; made for this.
const COLOURS: &[u8] = include_bytes!("../data/colours.webm");

/// Half of the cover of a phone video, and still sharp enough for a list.
const COVER: (usize, usize) = (270, 480);
const AVATAR: (usize, usize) = (96, 96);

pub(crate) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/cover/{name}", get(cover))
        .route("/avatar/{name}", get(avatar))
        .route("/video/{name}", get(video))
}

/// `sc=cover` stands in the cover URLs that Coze's example workflow gives.
pub(crate) fn cover_url(base: &str, seed: u64) -> String {
    format!("{base}/media/cover/{seed}.png?sc=cover")
}

pub(crate) fn avatar_url(base: &str, seed: u64) -> String {
    format!("{base}/media/avatar/{seed}.png")
}

pub(crate) fn video_url(base: &str, seed: u64) -> String {
    format!("{base}/media/video/{seed}.webm?mime_type=video_webm")
}

async fn cover(Path(name): Path<String>) -> Response {
    picture(&name, COVER)
}

async fn avatar(Path(name): Path<String>) -> Response {
    picture(&name, AVATAR)
}

fn picture(name: &str, size: (usize, usize)) -> Response {
    let Some(seed) = name.strip_suffix(".png").and_then(|seed| seed.parse().ok()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match draw(seed, size) {
        Ok(png) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
        Err(error) => {
            tracing::error!(%error, "a picture of the sandbox could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Two colours that run into each other, with a disc as a sun.
fn draw(seed: u64, (width, height): (usize, usize)) -> Result<Vec<u8>, png::EncodingError> {
    let mut dice = Dice::new(dice::mix(seed ^ 0x0c07_e200));
    let colour = |dice: &mut Dice, floor: usize, span: usize| -> [f64; 3] {
        std::array::from_fn(|_| (floor + dice.below(span)) as f64)
    };
    let (top, bottom) = (colour(&mut dice, 20, 120), colour(&mut dice, 90, 150));
    let disc = colour(&mut dice, 190, 60);
    let centre =
        ((width / 4 + dice.below(width / 2)) as f64, (height / 5 + dice.below(height / 2)) as f64);
    let radius = (width / 8 + dice.below(width / 6)) as f64;

    let mut pixels = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        let share = y as f64 / height as f64;
        for x in 0..width {
            let distance = (x as f64 - centre.0).hypot(y as f64 - centre.1);
            // One pixel of transition, so that the edge is smooth.
            let inside = (radius - distance + 0.5).clamp(0.0, 1.0);
            pixels.extend((0..3).map(|part| {
                let ground = top[part] + (bottom[part] - top[part]) * share;
                (ground + (disc[part] - ground) * inside) as u8
            }));
        }
    }

    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(png)
}

async fn video(Path(name): Path<String>, headers: HeaderMap) -> Response {
    if !name.ends_with(".webm") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kind = [
        (header::CONTENT_TYPE, "video/webm".to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let whole = COLOURS.len();
    match asked.map(|range| part(range, whole)) {
        None => (kind, Bytes::from_static(COLOURS)).into_response(),
        Some(Some((first, last))) => {
            let range = (header::CONTENT_RANGE, format!("bytes {first}-{last}/{whole}"));
            let bytes = Bytes::from_static(&COLOURS[first..=last]);
            (StatusCode::PARTIAL_CONTENT, kind, [range], bytes).into_response()
        }
        Some(None) => {
            let range = (header::CONTENT_RANGE, format!("bytes */{whole}"));
            (StatusCode::RANGE_NOT_SATISFIABLE, [range]).into_response()
        }
    }
}

/// The first and the last byte of a single range, as players ask for it; `None` where there is no such part.
fn part(range: &str, whole: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let end = whole.checked_sub(1)?;
    let (first, last) = match (first, last) {
        ("", length) => (whole.saturating_sub(length.parse().ok()?), end),
        (first, "") => (first.parse().ok()?, end),
        (first, last) => (first.parse().ok()?, last.parse::<usize>().ok()?.min(end)),
    };
    (first <= last && first < whole).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_to_what_there_is() {
        assert_eq!(part("bytes=0-", 100), Some((0, 99)));
        assert_eq!(part("bytes=10-19", 100), Some((10, 19)));
        assert_eq!(part("bytes=90-500", 100), Some((90, 99)));
        assert_eq!(part("bytes=-5", 100), Some((95, 99)));
        assert_eq!(part("bytes=100-", 100), None);
        assert_eq!(part("bytes=9-3", 100), None);
        assert_eq!(part("lines=1-2", 100), None);
    }

    #[test]
    fn a_cover_is_small_and_another_seed_gives_another_one() {
        let one = draw(1, COVER).unwrap();
        assert_eq!(one, draw(1, COVER).unwrap());
        assert_ne!(one, draw(2, COVER).unwrap());
        assert!(one.len() < 120_000, "{} bytes", one.len());
    }
}
