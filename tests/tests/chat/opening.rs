//! How many of these stories open: ann and bo are members of `tea`; ann is here, and bo listens on his phone.

use tests::{Device, Wire, World};

/// The room, and ann, who is here.
pub(crate) async fn tea_for_two() -> (World, Wire) {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let ann = world.device("ann", "phone").connect().await;
    (world, ann)
}

/// Bo's phone, whose session outlives its connections, and bo, who hears all his rooms on it.
pub(crate) async fn bo_listens(world: &World) -> (Device, Wire) {
    let phone = world.device("bo", "phone").lasting();
    let mut bo = phone.connect().await;
    bo.listens("rooms/+/said").await;
    (phone, bo)
}
