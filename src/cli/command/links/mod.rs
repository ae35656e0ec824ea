//! `links`: which records of the two systems are the same thing, and how people have their say in it.

mod add;
mod archive;
mod list;
mod remove;
mod rows;
mod suggest;

use clap::{Args, Subcommand};

use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::terminal::count;
use crate::cli::view::{Done, Shown};
use crate::config::{Acting, Setup};
use crate::store::Linked;
use crate::value::{Record, Value};

/// Look at links between records of the two systems, make and remove them
#[derive(Debug, Args)]
pub(crate) struct Links {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::List),
    Suggest(suggest::Suggest),
    Add(add::Add),
    Remove(remove::Remove),
    Archive(archive::Archive),
    Unarchive(archive::Unarchive),
}

/// Runs it.
pub(super) fn run(links: Links, session: &Session) -> Result<Done, Stop> {
    match links.command {
        Command::List(list) => list::run(&list, session),
        Command::Suggest(suggest) => suggest::run(&suggest, session),
        Command::Add(add) => add::run(&add, session),
        Command::Remove(remove) => remove::run(&remove, session),
        Command::Archive(archive) => archive::set_aside(&archive, session),
        Command::Unarchive(unarchive) => archive::take_back(&unarchive, session),
    }
}

/// Refuses mappings that do not exist, and users who may not do this to one of them.
fn allowed<'m>(
    mappings: impl IntoIterator<Item = &'m str>,
    (setup, session): (&Setup, &Session),
    may: impl Fn(&Acting, &str) -> Result<(), String>,
) -> Result<(), Stop> {
    let mut names: Vec<String> = mappings.into_iter().map(str::to_owned).collect();
    names.sort();
    names.dedup();
    super::known_mappings(&names, setup)?;
    let acting = session.acting(setup)?;
    names.iter().try_for_each(|name| may(&acting, name)).map_err(|refusal| Stop::usage(refusal, None))
}

/// What became of each row of a list, under the name that people know the row by: all was done, or nothing.
fn told(rows: &[(String, Result<Linked, String>)], (done, undone): (&str, &str), passed_by: &[String]) -> Done {
    let refused: Vec<(String, String)> = rows.iter().filter_map(|(row, told)| Some((row.clone(), told.as_ref().err()?.clone()))).collect();
    let links: Vec<&Linked> = rows.iter().filter_map(|(_, told)| told.as_ref().ok()).collect();
    let mut text = String::new();
    let mut data = Record::new();
    if refused.is_empty() {
        for link in &links {
            text.push_str(&format!("{}: Procore {} = Acumatica {}\n", link.mapping, link.procore, link.acumatica));
        }
        text.push_str(&format!("{} {done}\n", count(links.len(), "link")));
    } else {
        text.push_str(&format!("nothing was {undone}, for not all of it can be:\n"));
        refused.iter().for_each(|(row, reason)| text.push_str(&format!("  {row}: {reason}\n")));
    }
    passed_by.iter().for_each(|row| text.push_str(&format!("  {row}: passed by, for it is a tie: name the pair that is meant\n")));
    let linked = |link: &&Linked| Value::Record(list::ends((&link.mapping, &link.scope), &link.procore, &link.acumatica));
    let is_done = refused.is_empty();
    data.set(done, if is_done { links.iter().map(linked).collect::<Vec<_>>() } else { Vec::new() });
    let refusal = |(row, reason): (String, String)| {
        let mut refusal = Record::new();
        refusal.set("row", row);
        refusal.set("reason", reason);
        Value::Record(refusal)
    };
    data.set("refused", refused.into_iter().map(refusal).collect::<Vec<_>>());
    data.set("ties", passed_by.iter().map(|row| Value::text(row.as_str())).collect::<Vec<_>>());
    Done::new(if is_done { Exit::Done } else { Exit::Look }, Shown { text, data: Value::Record(data) })
}
