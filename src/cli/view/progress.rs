//! Progress bars on a terminal, and nothing anywhere else.

use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};

use crate::sync::{Event, Watch};

/// Shows the mapping at work, how many records it has dealt with, and how long the rest may take.
#[derive(Debug, Default)]
pub(in crate::cli) struct Progress {
    bar: Mutex<Option<ProgressBar>>,
}

impl Watch for Progress {
    fn see(&self, event: &Event<'_>) {
        if !stderr().is_terminal() {
            return;
        }
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Begun { title, .. } => {
                let new = ProgressBar::new_spinner().with_message((*title).to_owned());
                new.set_style(style("{spinner} {msg} {pos}"));
                new.tick();
                *bar = Some(new);
            }
            Event::Moved { done, total, .. } => {
                if let Some(bar) = &*bar {
                    if let Some(total) = total {
                        bar.set_length((*total).max(*done));
                        bar.set_style(style("{bar:30} {msg} {pos}/{len}, {eta} left"));
                    }
                    bar.set_position(*done);
                }
            }
            Event::Done { .. } => {
                if let Some(bar) = bar.take() {
                    bar.finish_and_clear();
                }
            }
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
