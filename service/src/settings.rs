//! What an organisation sets: time zone, billing periods, its own prices; and the log of every change.

mod audit;
mod endpoint;
mod instants;
mod own_prices;
mod own_prices_endpoint;
mod price_list;

pub(crate) use audit::{OPERATOR, note as note_change, record as record_change};
pub(crate) use endpoint::{Shown, shown};
pub(crate) use instants::Instants;
pub(crate) use own_prices::OwnPrices;

use crate::auth::Scope;
use crate::route::{Access, PAGE, Route, Verb};

/// Settings, prices and the log of changes.
pub(crate) const ROUTES: [Route; 10] = [
    Route::get("/v1/settings", Scope::Admin, endpoint::show)
        .about("The organisation's settings", "")
        .without_sums()
        .answers::<endpoint::Shown<'static>>(200),
    Route::new(
        Verb::Patch,
        "/v1/settings",
        Access::Scoped(Scope::Admin),
        endpoint::change,
    )
    .about(
        "Change settings",
        "What is left out stays. A new time zone has the sums of days and months computed anew; reports answer 503 with \
         the progress until that is done.",
    )
    .takes::<endpoint::Change>()
    .answers::<endpoint::Shown<'static>>(200),
    Route::get("/v1/audit-log", Scope::Admin, audit::list)
        .about("Every change of keys, settings, prices and budgets", "The latest first.")
        .query(&[PAGE])
        .without_sums()
        .answers::<audit::Log>(200),
    Route::get("/v1/prices", Scope::Admin, price_list::show)
        .about(
            "What a model costs the organisation at a time",
            "The catalogue's rate cards of every provider that sells the model, and the organisation's own rates and \
             discounts that hold.",
        )
        .query(&[price_list::WHICH])
        .without_sums()
        .answers::<price_list::PriceList>(200),
    Route::get("/v1/prices/custom", Scope::Admin, own_prices_endpoint::list_rates)
        .about("The organisation's own rates", "Oldest first.")
        .query(&[PAGE])
        .without_sums()
        .answers::<own_prices_endpoint::RatesList>(200),
    Route::post("/v1/prices/custom", Scope::Admin, own_prices_endpoint::add_rates)
        .about(
            "Add own rates",
            "They price events recorded from now on whose time they hold at; POST /v1/reprice applies them to others.",
        )
        .takes::<own_prices_endpoint::NewRates>()
        .answers::<own_prices_endpoint::OwnRates>(201),
    Route::new(
        Verb::Delete,
        "/v1/prices/custom/{id}",
        Access::Scoped(Scope::Admin),
        own_prices_endpoint::remove_rates,
    )
    .about("Remove own rates", "What was priced by them stays as it is.")
    .answers::<own_prices_endpoint::OwnRates>(200)
    .fails(&[404]),
    Route::get("/v1/prices/discounts", Scope::Admin, own_prices_endpoint::list_discounts)
        .about("The organisation's discounts", "Oldest first.")
        .query(&[PAGE])
        .without_sums()
        .answers::<own_prices_endpoint::DiscountList>(200),
    Route::post("/v1/prices/discounts", Scope::Admin, own_prices_endpoint::add_discount)
        .about(
            "Add a discount on the catalogue's prices",
            "Of several that hold, the one that says most decides; they do not add up.",
        )
        .takes::<own_prices_endpoint::NewDiscount>()
        .answers::<own_prices_endpoint::Discount>(201),
    Route::new(
        Verb::Delete,
        "/v1/prices/discounts/{id}",
        Access::Scoped(Scope::Admin),
        own_prices_endpoint::remove_discount,
    )
    .about("Remove a discount", "What was priced with it stays as it is.")
    .answers::<own_prices_endpoint::Discount>(200)
    .fails(&[404]),
];
