//! Where commands have their knowledge of an instance from: the configured one, a folder that was pulled, or a file.

use std::path::Path;

use crate::cli::exit::Stop;
use crate::cli::session::{Session, block_on};
use crate::config::{self, Pulled, Setup, contradiction, description_file};
use crate::contract::Instance;
use crate::schema::Endpoint;

/// The endpoint that the settings name; none where there are no settings of Acumatica.
pub(super) fn usual_endpoint(setup: &Setup) -> Option<Endpoint> {
    setup.file.acumatica.as_ref().map(|settings| settings.endpoint())
}

/// What the configured systems say of themselves now, and as files.
pub(super) fn asked(setup: &Setup, session: &Session) -> Result<(Pulled, Instance), Stop> {
    let usual = usual_endpoint(setup).unwrap_or_default();
    block_on(async {
        let wired = session.looking_on().await?;
        let plans = (&*wired.workspace.plans, &*wired.workspace.catalog);
        Ok(config::pull(&wired.doors, plans, &usual).await?)
    })
}

/// What a file or a folder says of an instance.
pub(super) fn kept(path: &Path, setup: &Setup) -> Result<Instance, Stop> {
    if !path.is_dir() {
        return Ok(Instance::described(description_file(path)?));
    }
    let instance = Pulled::read(path)?.instance(usual_endpoint(setup).as_ref(), path)?;
    match contradiction(&setup.workspace.plans, &instance) {
        Some((message, help)) => Err(Stop::usage(format!("{}: {message}", path.display()), Some(help.to_owned()))),
        None => Ok(instance),
    }
}
