//! One file per command: its arguments, and the one operation that it calls.

mod against;
pub(super) mod apply;
pub(super) mod check;
pub(super) mod demo;
pub(super) mod docs;
pub(super) mod doctor;
pub(super) mod drift;
pub(super) mod explain;
pub(super) mod exports;
pub(super) mod init;
mod instance;
pub(super) mod journal;
pub(super) mod links;
pub(super) mod overlay;
pub(super) mod plan;
pub(super) mod replay;
pub(super) mod review;
pub(super) mod sandbox;
pub(super) mod schema;
pub(super) mod sync;
pub(super) mod test;

use super::arguments::Command;
use super::exit::Stop;
use super::session::Session;
use super::view::Done;
use crate::config::Setup;
use crate::diagnostic::did_you_mean;

/// Runs a command.
pub(super) fn run(command: Command, session: &Session) -> Result<Done, Stop> {
    match command {
        Command::Init(init) => init::run(&init),
        Command::Check(check) => check::run(&check, session),
        Command::Test(test) => test::run(&test, session),
        Command::Review(review) => review::run(&review, session),
        Command::Doctor(doctor) => doctor::run(&doctor, session),
        Command::Drift(drift) => drift::run(&drift, session),
        Command::Docs(docs) => docs::run(docs, session),
        Command::Plan(plan) => plan::run(&plan, session),
        Command::Apply(apply) => apply::run(&apply, session),
        Command::Sync(sync) => sync::run(&sync, session),
        Command::Explain(explain) => explain::run(&explain, session),
        Command::Exports(exports) => exports::run(&exports, session),
        Command::Links(links) => links::run(links, session),
        Command::Journal(journal) => journal::run(&journal, session),
        Command::Replay(replay) => replay::run(&replay, session),
        Command::Sandbox(sandbox) => sandbox::run(&sandbox, session),
        Command::Demo(demo) => demo::run(&demo, session),
        Command::Overlay(overlay) => overlay::run(&overlay, session),
        Command::Schema(schema) => schema::run(&schema, session),
    }
}

/// Refuses the name of a mapping that does not exist, and of which nothing is remembered from earlier days.
fn known_or_remembered(name: Option<&str>, remembered: bool, setup: &Setup) -> Result<(), Stop> {
    match name {
        Some(name) if !remembered => known_mappings(&[name.to_owned()], setup),
        _ => Ok(()),
    }
}

/// Refuses names of mappings that do not exist.
fn known_mappings(names: &[String], setup: &Setup) -> Result<(), Stop> {
    if let Some(told) = names.iter().find_map(|name| setup.workspace.told_off(name)) {
        return Err(Stop::usage(told, None));
    }
    let known: Vec<&str> = setup.workspace.plans.iter().map(|plan| plan.name.as_str()).collect();
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Stop::usage(format!("there is no mapping named `{name}`"), did_you_mean(name, known))),
        None => Ok(()),
    }
}
