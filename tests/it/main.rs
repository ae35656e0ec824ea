//! Stories about the whole program, one file per topic. One program, so that it links once.
#![allow(clippy::unwrap_used)] // a story that meets an error it did not expect has failed

mod cli_check;
mod cli_init;
mod cli_test;
mod connector_acumatica;
mod connector_acumatica_writes;
mod connector_http;
mod connector_logs;
mod connector_procore;
mod connector_procore_writes;
mod contract;
mod diagnostics;
mod expr;
mod expr_path;
mod expr_path_generated;
mod expr_words;
mod mapping_schema;
mod program;
mod records;
mod records_through_mappings;
mod sandbox_acumatica;
mod sandbox_procore;
mod schemas;
mod script;
mod store;
mod store_file;
mod store_journal;
mod store_steps;
mod store_two;
mod store_wrong_steps;
mod tables;
mod tidy;
