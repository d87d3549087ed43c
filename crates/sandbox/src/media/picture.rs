//! Pictures: an evening sky over hills, other colours and shapes for every seed.

use crate::dice::{self, Dice};

type Colour = [u8; 3];

/// The sky from top to bottom, the sun, and the hills from far to near.
const PALETTES: &[[Colour; 6]] = &[
    [[38, 50, 96], [244, 162, 116], [255, 226, 163], [126, 92, 122], [84, 66, 100], [46, 42, 72]],
    [
        [92, 158, 200],
        [226, 240, 236],
        [255, 246, 214],
        [132, 176, 168],
        [86, 138, 126],
        [50, 94, 88],
    ],
    [[54, 36, 82], [226, 110, 122], [255, 204, 150], [112, 60, 106], [76, 42, 88], [42, 26, 60]],
    [[24, 40, 60], [112, 152, 168], [238, 240, 226], [74, 104, 122], [48, 74, 94], [26, 44, 62]],
    [
        [230, 196, 160],
        [248, 232, 206],
        [230, 116, 84],
        [198, 164, 128],
        [156, 126, 100],
        [104, 88, 76],
    ],
    [[66, 104, 92], [222, 216, 160], [252, 240, 190], [122, 146, 98], [82, 112, 76], [46, 74, 58]],
];
const HILLS: usize = 3;

/// A PNG of so many pixels in width and height.
pub(super) fn draw(
    seed: u64,
    (width, height): (usize, usize),
) -> Result<Vec<u8>, png::EncodingError> {
    let mut dice = Dice::new(dice::mix(seed ^ 0x0c07_e200));
    let [top, bottom, sun, hills @ ..] = dice.pick(PALETTES);
    let centre =
        ((width / 4 + dice.below(width / 2)) as i64, (height / 5 + dice.below(height / 3)) as i64);
    let radius = (width.min(height) / 9 + dice.below(width.min(height) / 9)) as i64;
    let ridges = ridges(&mut dice, width, height);

    let mut pixels = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        let sky = between(top, bottom, y, height);
        for (x, ridges) in ridges.iter().enumerate() {
            let hill = ridges.iter().rposition(|ridge| y >= *ridge);
            let (right, down) = (x as i64 - centre.0, y as i64 - centre.1);
            let in_sun = right * right + down * down <= radius * radius;
            pixels.extend_from_slice(match hill {
                Some(near) => &hills[near],
                None if in_sun => &sun,
                None => &sky,
            });
        }
    }

    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(png)
}

/// Where the hills begin in every column, from far to near; the nearer ones stand lower.
fn ridges(dice: &mut Dice, width: usize, height: usize) -> Vec<[usize; HILLS]> {
    // Each range is a sum of waves, of which each has its turns over the width and its start.
    let ranges: [[(f64, f64); 3]; HILLS] = std::array::from_fn(|_| {
        std::array::from_fn(|wave| {
            let turns = (wave + 1) as f64 * (0.7 + dice.below(100) as f64 / 100.0);
            (turns, dice.below(628) as f64 / 100.0)
        })
    });
    let column = |x: usize| {
        let across = x as f64 / width as f64 * std::f64::consts::TAU;
        std::array::from_fn(|near| {
            let waves = ranges[near].iter().map(|(turns, start)| (across * turns + start).sin());
            let share = 0.62 + 0.12 * near as f64 + 0.03 * waves.sum::<f64>();
            (share * height as f64) as usize
        })
    };
    (0..width).map(column).collect()
}

fn between(from: Colour, to: Colour, step: usize, steps: usize) -> Colour {
    let steps = steps.max(1) as i64;
    std::array::from_fn(|part| {
        let (from, to) = (i64::from(from[part]), i64::from(to[part]));
        (from + (to - from) * step as i64 / steps) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_is_small_and_another_seed_gives_another_one() {
        let one = draw(1, (270, 480)).unwrap();
        assert_eq!(one, draw(1, (270, 480)).unwrap());
        assert_ne!(one, draw(2, (270, 480)).unwrap());
        assert!(one.len() < 120_000, "{} bytes", one.len());
    }

    #[test]
    fn the_smallest_picture_can_be_drawn() {
        for seed in 0..20 {
            assert!(draw(seed, (16, 16)).is_ok());
        }
    }
}
