//! A few seconds of a melody on five tones, as a WAV file.

use crate::dice::{self, Dice};

const RATE: u32 = 22_050;
const NOTES: usize = 12;
const NOTE_SECONDS: f64 = 0.32;
/// Hertz: the five tones of a pentatonic scale on A, and the lower one again an octave above.
const TONES: &[f64] = &[220.0, 246.94, 277.18, 329.63, 369.99, 440.0];

/// 16-bit mono with its header.
pub(super) fn melody(seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(dice::mix(seed ^ 0x0050_114d));
    let samples_per_note = (f64::from(RATE) * NOTE_SECONDS) as usize;
    let data_bytes = (NOTES * samples_per_note * 2) as u32;
    let mut wav = header(data_bytes);
    for _ in 0..NOTES {
        let tone = dice.pick(TONES);
        for sample in 0..samples_per_note {
            let seconds = sample as f64 / f64::from(RATE);
            let phase = seconds * tone * std::f64::consts::TAU;
            // Plucked: a soft start, then it fades.
            let loudness = (sample as f64 / 200.0).min(1.0) * (-4.0 * seconds / NOTE_SECONDS).exp();
            let value = (phase.sin() + 0.3 * (phase * 2.0).sin()) / 1.3 * loudness;
            wav.extend(((value * 20_000.0) as i16).to_le_bytes());
        }
    }
    wav
}

/// The 44 bytes of a RIFF header for PCM.
fn header(data_bytes: u32) -> Vec<u8> {
    let mut header = Vec::with_capacity(44 + data_bytes as usize);
    header.extend(b"RIFF");
    header.extend((36 + data_bytes).to_le_bytes());
    header.extend(b"WAVEfmt ");
    header.extend(16_u32.to_le_bytes());
    header.extend(1_u16.to_le_bytes());
    header.extend(1_u16.to_le_bytes());
    header.extend(RATE.to_le_bytes());
    header.extend((RATE * 2).to_le_bytes());
    header.extend(2_u16.to_le_bytes());
    header.extend(16_u16.to_le_bytes());
    header.extend(b"data");
    header.extend(data_bytes.to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_melody_is_as_long_as_its_header_says_and_can_be_heard() {
        let wav = melody(1);
        assert_eq!(&wav[..4], b"RIFF");
        let said = u32::from_le_bytes(wav[40..44].try_into().unwrap());
        assert_eq!(wav.len(), 44 + said as usize);
        let loudest =
            wav[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).max();
        assert!(loudest.is_some_and(|loudest| loudest > 8000));
        assert_ne!(wav, melody(2));
    }
}
