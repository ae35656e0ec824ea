//! What does a person type and see? Commands read their arguments, call one operation, and hand its result to a view.
//!
//! ```text
//! arguments   what was typed
//! command/    one file per command: arguments in, one operation, a result
//! view/       each result twice: for people and as JSON
//! exit        how a command ends, as a number that scripts can use
//! ```

mod arguments;
mod command;
mod exit;
mod session;
mod terminal;
mod view;

use std::panic::catch_unwind;
use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;
use exit::Exit;
use session::Session;

/// Runs the command that was typed.
pub fn main() -> ExitCode {
    // A panic is our fault, and says so by its exit code; its message has been printed by then.
    let exit = catch_unwind(run).unwrap_or_else(|_| {
        eprintln!("this is a mistake in crosswalk, not in your files; please report it with the message above");
        Exit::Ours
    });
    ExitCode::from(exit.code())
}

fn run() -> Exit {
    let arguments = Arguments::parse();
    let session = Session::new(&arguments.global);
    session.listen(arguments.global.verbose);
    match command::run(arguments.command, &session) {
        Ok(done) => session.show(&done),
        Err(stop) => session.explain(&stop),
    }
}
