//! `review`: what a change does to the cases, looked at and accepted.

use std::io::{self, BufRead, Write};

use clap::Args;

use crate::cases::{Pending, Snapshots};
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::terminal::{Paint, somebody_there};
use crate::cli::view::Done;
use crate::cli::view::review::{Answer, Reviewed, Seen, diff};

/// Look at snapshots that changed, and accept or reject them
///
/// On a terminal each difference is shown and a key decides. Elsewhere the differences are printed, and nothing is decided.
#[derive(Debug, Args)]
pub(crate) struct Review {
    /// Accept all
    #[arg(long, conflicts_with_all = ["reject", "list"])]
    accept: bool,
    /// Reject all
    #[arg(long, conflicts_with = "list")]
    reject: bool,
    /// Print the names only
    #[arg(long)]
    list: bool,
}

/// Runs it.
pub(super) fn run(review: &Review, session: &Session) -> Result<Done, Stop> {
    let setup = session.setup()?;
    let folders = setup.workspace.case_folders();
    let Some(first) = folders.first() else {
        return Err(Stop::usage("the shipped mappings have no snapshots to review", Some("copy them with `crosswalk init`".to_owned())));
    };
    let wrong = |problem: io::Error| Stop::file(&first.join("snapshots"), "reviewed", &problem);
    let mut pending = Vec::new();
    for folder in &folders {
        pending.extend(Snapshots::beside(folder).pending().map_err(wrong)?);
    }
    let asks = !(review.accept || review.reject || review.list) && somebody_there() && !session.is_json();
    let mut seen = Vec::new();
    let mut left = false;
    for (at, one) in pending.iter().enumerate() {
        let answer = match (review.accept, review.reject) {
            (true, _) => Answer::Accepted,
            (_, true) => Answer::Rejected,
            _ if asks && !left => ask(one, (at + 1, pending.len()), &mut left).map_err(wrong)?,
            _ => Answer::Waiting,
        };
        match answer {
            Answer::Accepted => one.accept().map_err(wrong)?,
            Answer::Rejected => one.reject().map_err(wrong)?,
            Answer::Waiting => {}
        }
        seen.push(Seen::new(one, answer));
    }
    let waits = seen.iter().any(|one| one.answer == Answer::Waiting);
    let exit = if waits { Exit::Look } else { Exit::Done };
    Ok(Done::new(exit, Reviewed { seen, shows: !review.list && !asks }))
}

/// Shows one difference and waits for a key.
fn ask(pending: &Pending, (at, of): (usize, usize), left: &mut bool) -> io::Result<Answer> {
    let mut screen = io::stdout().lock();
    writeln!(screen, "\n{}", diff(&Seen::new(pending, Answer::Waiting), Paint::output()))?;
    loop {
        write!(screen, "{at} of {of}: [a]ccept, [r]eject, [s]kip, [q]uit? ")?;
        screen.flush()?;
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line)?;
        match line.trim().to_lowercase().as_str() {
            "a" | "accept" => return Ok(Answer::Accepted),
            "r" | "reject" => return Ok(Answer::Rejected),
            "s" | "skip" => return Ok(Answer::Waiting),
            "q" | "quit" => *left = true,
            _ if read == 0 => *left = true,
            _ => continue,
        }
        return Ok(Answer::Waiting);
    }
}
