//! The practice company: the vendors that accounting knows, and which of them stand in Procore's directory already.

use fastrand::Rng;

/// A vendor.
#[derive(Clone, Debug)]
pub struct Vendor {
    /// `V000001`.
    pub id: String,
    /// The account name.
    pub name: String,
    /// The vendor class.
    pub class: &'static str,
    /// `false`: Status Inactive.
    pub active: bool,
    /// Street.
    pub address: String,
    /// City.
    pub city: &'static str,
    /// Two-letter state.
    pub state: &'static str,
    /// Postal code.
    pub zip: String,
    /// Phone number.
    pub phone: String,
    /// Whether the number stands in Phone2 (typed Business 1) rather than Phone1.
    pub second_phone: bool,
    /// E-mail address.
    pub email: String,
    /// Already in Procore's directory under the same name, without an ERP id.
    pub in_procore: bool,
}

pub(super) const PLACES: [(&str, &str); 8] = [
    ("Carpinteria", "CA"),
    ("Bellevue", "WA"),
    ("Austin", "TX"),
    ("Denver", "CO"),
    ("Columbus", "OH"),
    ("Tampa", "FL"),
    ("Portland", "OR"),
    ("Boise", "ID"),
];
pub(super) const OWNERS: [&str; 12] =
    ["Alder", "Baxter", "Cascade", "Delgado", "Eastgate", "Fairmont", "Granite", "Harbor", "Ironwood", "Juniper", "Keystone", "Lakeshore"];
const TRADES: [(&str, &str); 10] = [
    ("Concrete", "SUBCON"),
    ("Steel Erectors", "SUBCON"),
    ("Electric", "SUBCON"),
    ("Plumbing & Heating", "SUBCON"),
    ("Roofing", "SUBCON"),
    ("Lumber", "MATERIAL"),
    ("Equipment Rental", "EQUIP"),
    ("Drywall", "SUBCON"),
    ("Glass", "SUBCON"),
    ("Supply", "MATERIAL"),
];

/// The name that two vendors share: a link between them must be chosen by a person (BR-21).
pub const TWIN: &str = "Summit Supply";

pub(super) fn draw_vendors(rng: &mut Rng, count: usize) -> Vec<Vendor> {
    (0..count)
        .map(|at| {
            let (trade, class) = TRADES[at % TRADES.len()];
            let owner = OWNERS[(at / TRADES.len() + at * 5) % OWNERS.len()];
            let twin = at == 7 || at == 19;
            let name = if twin {
                TWIN.to_owned()
            } else {
                format!("{owner} {trade} {}", if at >= 120 { format!("No. {at}") } else { suffix(at).to_owned() })
            };
            let (city, state) = PLACES[rng.usize(..PLACES.len())];
            let area = 200 + rng.u32(..700);
            Vendor {
                id: format!("V{:06}", at + 1),
                email: format!("office@{}.example", name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "")),
                name,
                class,
                active: at != 11,
                address: format!("{} {} Street", 100 + rng.u32(..8900), OWNERS[rng.usize(..OWNERS.len())]),
                city,
                state,
                zip: format!("{:05}", 10_000 + rng.u32(..89_000)),
                phone: format!("({area}) 555-{:04}", rng.u32(..10_000)),
                second_phone: at % 9 == 4,
                in_procore: at % 4 == 0 || twin,
            }
        })
        .collect()
}

fn suffix(at: usize) -> &'static str {
    ["Inc", "LLC", "& Sons", "Group", "Co", "Partners"][at / 20 % 6]
}
