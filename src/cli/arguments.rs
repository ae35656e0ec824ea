//! What was typed.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};

use super::command::{
    apply, check, demo, docs, doctor, drift, explain, exports, init, journal, links, overlay, plan, replay, review, sandbox, schema, sync,
    test,
};

/// Maps construction financials between Procore and Acumatica, by tables written in YAML.
#[derive(Debug, Parser)]
#[command(name = "crosswalk", version, max_term_width = 110, after_help = EXITS)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXITS: &str = "Exit codes: 0 done, 1 something is held, refused or changed, 2 usage, 3 mappings or settings unsound, \
    4 a system out of reach, 5 a mistake in crosswalk";

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// Read settings from this file [default: crosswalk.yaml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) settings: Option<PathBuf>,
    /// Read mappings from this folder [default: mappings, or the shipped ones]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) mappings: Option<PathBuf>,
    /// Read schemas from this folder [default: schemas, or the shipped ones]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) schemas: Option<PathBuf>,
    /// Use this profile: the name of one, or a file [default: the one that the settings name, or vision]
    #[arg(long, global = true, value_name = "NAME|FILE")]
    pub(super) profile: Option<String>,
    /// Lay this overlay over mappings and schemas: the name of one, or a folder; again for one above it [default: those of the settings]
    #[arg(long, global = true, value_name = "NAME|DIR")]
    pub(super) overlay: Vec<String>,
    /// Act as this one of the settings' users [default: the settings' actor, or the user of this computer]
    #[arg(long = "as", global = true, value_name = "USER")]
    pub(super) as_user: Option<String>,
    /// Print the result as JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Tell what happens meanwhile; twice tells more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(super) verbose: u8,
}

/// The commands, in the order in which a newcomer needs them.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Demo(demo::Demo),
    Init(init::Init),
    Check(check::Check),
    Test(test::Test),
    Review(review::Review),
    Doctor(doctor::Doctor),
    Docs(docs::Docs),
    Plan(plan::Plan),
    Apply(apply::Apply),
    Sync(sync::Sync),
    Drift(drift::Drift),
    Explain(explain::Explain),
    Exports(exports::Exports),
    Links(links::Links),
    Journal(journal::Journal),
    Replay(replay::Replay),
    Sandbox(sandbox::Sandbox),
    Overlay(overlay::Overlay),
    Schema(schema::Schema),
}
