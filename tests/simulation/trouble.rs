//! What goes wrong on the way: one trouble at a chosen request, or troubles that a seed strews over a run.

use fastrand::Rng;

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The connection breaks before the effect.
    LostBefore,
    /// The connection breaks after the effect.
    LostAfter,
    /// Half of the answer arrives.
    CutShort,
    /// This status instead of the effect.
    Status(u16),
    /// The effect, and this status from something in between.
    StatusAfter(u16),
    /// The answer takes so many seconds.
    Slow(u64),
    /// All tokens and sessions end before the request is looked at.
    SignedOut,
    /// From here on, long-running operations never end as far as this run can see.
    NeverEnds,
}

/// When troubles come.
#[derive(Debug, Default)]
pub(crate) enum Troubles {
    /// Never.
    #[default]
    None,
    /// At this request, counted from 1.
    At(usize, Trouble),
    /// At the first request whose method and address have this part.
    First(&'static str, Trouble),
    /// At one in so many requests, as long as some are left.
    Drawn {
        /// Decides.
        dice: Rng,
        /// How rare they are.
        one_in: usize,
        /// How many at most.
        left: usize,
    },
}

impl Troubles {
    /// The trouble of this request, the `nth` of its process.
    pub(super) fn meet(&mut self, nth: usize, told: &str) -> Option<Trouble> {
        match self {
            Self::None => None,
            Self::At(at, trouble) => (*at == nth).then_some(*trouble),
            Self::First(part, trouble) => {
                let trouble = told.contains(*part).then_some(*trouble)?;
                *self = Self::None;
                Some(trouble)
            }
            Self::Drawn { dice, one_in, left } => {
                if *left == 0 || dice.usize(0..*one_in) > 0 {
                    return None;
                }
                *left -= 1;
                Some(draw(dice))
            }
        }
    }
}

fn draw(dice: &mut Rng) -> Trouble {
    match dice.u32(0..16) {
        0 | 1 => Trouble::LostBefore,
        2..=4 => Trouble::LostAfter,
        5 => Trouble::CutShort,
        6 => Trouble::Status(429),
        7 => Trouble::Status(500),
        8 => Trouble::Status(503),
        9 => Trouble::StatusAfter(502),
        10 => Trouble::StatusAfter(504),
        // A lease lasts longer than any request.
        11 | 12 => Trouble::Slow(dice.u64(5..90)),
        13 | 14 => Trouble::SignedOut,
        _ => Trouble::NeverEnds,
    }
}
