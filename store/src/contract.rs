//! What every engine is held to: one function for each promise, written once and run on every engine.
//!
//! An engine's tests give a [`Bench`] and call [`promises!`](crate::promises), which makes one test of each function
//! in its list. A test beside the list sees to it that no promise is missing there.

pub mod bench; // a store with people in it

pub mod log; // numbers, drafts, packets, rules

pub mod acts; // what is done to what was said

pub mod media; // what was uploaded

pub mod cuts; // batches change nothing

pub mod rooms; // rooms, members, accounts

pub mod rules; // what is set for rooms, and who is what in them

pub mod ways; // invitations, requests and links

pub mod people; // who may come in

pub mod credentials; // by what

pub mod partings; // who goes for good

pub mod told; // what they hear of it

pub mod circle; // whom they know

pub mod presence; // how they show that they are there

pub mod oversight; // what is kept of reports and of administrators

pub mod reading; // pages, marks

pub mod receipts; // how far messages have come

pub mod conversations; // lists of rooms, and what is set for them

pub mod mentions; // whom messages call

mod dice; // the same at every run

mod model; // what a store should say, in the plainest words

pub mod walk; // and says, whatever people do

pub mod large; // rooms of thousands

mod device; // a device that comes and goes

pub mod sessions; // what devices leave behind

pub mod wills; // what they wanted said

pub mod apps; // topics that are none of chat's

pub mod turns; // and are heard by one of several

pub mod pushes; // what is said is told to who is away

pub mod candidates; // whom that might be

pub mod notes; // what each device is told, and what came of it

pub mod life; // closing, opening, the wrong key

pub use bench::{Bench, Scene};

/// Makes a test of every promise: `promises!(MyBench)` where `MyBench` implements [`contract::Bench`](Bench).
#[macro_export]
macro_rules! promises {
    ($bench:ty) => {
        $crate::promises! { $bench;
            log {
                numbers_are_dense_when_many_speak_at_once
                a_batch_keeps_its_order
                what_was_said_is_read_back_as_it_was_said
                a_draft_sent_twice_becomes_one_entry
                a_draft_is_found_after_the_store_was_opened_again
                a_draft_belongs_to_its_sender_and_its_room
                a_draft_with_other_words_is_refused
                a_draft_is_found_even_when_the_rules_changed
                a_resent_packet_is_found_only_when_it_says_the_same
                a_new_packet_of_an_old_number_is_new
                a_qos_2_packet_stays_the_same_until_it_is_released
                packets_of_one_batch_are_found_too
                an_entry_judged_by_old_rules_is_stale
                who_comes_and_goes_changes_the_rules
                a_room_or_user_that_is_not_there_is_told
            }
            acts {
                an_edit_gives_a_message_other_words_and_keeps_those_it_had
                a_recall_erases_a_message_and_its_edits
                what_is_done_to_a_message_does_not_count_and_moves_no_mark
                what_cannot_be_done_to_a_message_is_objected_to
                what_a_batch_says_can_be_taken_back_by_it
                a_deed_sent_twice_is_done_once
                what_was_recalled_is_found_by_its_draft
                an_edit_is_shown_no_longer_than_its_message
                a_message_is_edited_a_bounded_number_of_times
                a_deed_is_judged_by_the_rules_in_force
                who_moderates_takes_back_what_others_said
                a_sign_is_put_and_taken_back_in_ones_own_name
                a_message_has_a_bounded_number_of_signs
                what_was_recalled_takes_no_signs
                a_message_is_pinned_until_it_is_taken_from_there
                a_room_has_a_bounded_number_of_pins
                what_has_become_of_messages_is_told
                a_thread_is_read_page_by_page
                what_is_pinned_is_listed
            }
            media {
                an_upload_is_there_when_it_is_finished
                an_allowance_is_kept
                who_can_hear_a_message_sees_what_it_names
                newcomers_see_what_they_may_read
                a_message_names_only_what_its_sender_sees
                what_no_message_names_goes
                what_ran_out_names_nothing
                what_was_never_finished_is_found
                an_owner_drops_what_no_message_names
                what_an_erased_person_uploaded_opens_for_nobody
                a_portrait_is_seen_where_it_hangs
                a_rooms_picture_is_seen_by_who_may_see_the_room
                a_room_begins_with_its_picture
            }
            cuts {
                a_sequence_comes_to_the_same_however_it_is_cut
            }
            rooms {
                an_account_is_made_once_and_found
                a_room_is_made_once_and_begins_with_its_members
                a_direct_room_is_one_however_many_make_it
                a_membership_is_a_stretch_of_the_log
                accounts_rooms_and_members_are_listed_page_by_page
                every_change_of_memberships_raises_the_version
            }
            rules {
                a_room_is_met_as_it_is_and_not_as_it_was
                what_is_set_for_a_room_is_an_entry_and_holds
                roles_are_given_by_those_above
                a_mute_holds_until_its_end_or_until_it_is_ended
                who_is_banned_comes_in_no_more_until_they_may
                one_comes_and_goes_by_oneself
                newcomers_read_what_was_said_where_that_is_set
                in_a_slow_room_one_waits_between_two_messages
                listed_rooms_are_found_page_by_page
                a_room_is_never_left_without_an_owner
            }
            ways {
                who_is_invited_comes_in
                who_asks_to_be_let_in_is_answered
                a_link_lets_in_as_often_as_it_says
                ways_open_and_shut_within_a_batch
                a_room_has_a_bounded_number_of_links
                ways_are_entries_that_count_for_nobody
            }
            people {
                an_account_is_found_by_its_number
                an_invitation_lets_in_as_often_as_it_says
                a_ticket_can_be_taken_back
                a_link_sets_a_lost_password_once
                another_password_ends_what_came_in_by_the_earlier_one
                a_deactivated_account_lets_nobody_in_until_it_is_active_again
                a_deleted_account_keeps_only_its_handle
                a_profile_is_read_as_it_was_set
                a_login_and_an_administrator_are_noted
                out_everywhere_is_also_for_signed_tokens
                whoever_was_looked_up_before_is_seen_as_they_are_now
            }
            credentials {
                a_credential_is_found_until_it_ends
                a_device_comes_in_by_one_credential
                there_are_so_many_credentials_and_no_more
                a_refresh_token_is_good_once
                a_reused_refresh_token_ends_its_login
                one_of_many_that_use_a_refresh_token_at_once_is_first
                credentials_are_ended_one_by_one_or_together
                a_request_that_comes_twice_is_done_once
                a_request_that_was_not_done_may_come_again
                what_has_ended_is_forgotten
            }
            partings {
                what_an_erased_person_said_opens_for_nobody
                the_signs_of_an_erased_person_are_not_counted
                who_goes_is_kept_until_they_are_gone
            }
            told {
                what_a_user_is_told_is_in_their_own_room
                who_has_no_account_is_told_nothing
                a_credential_that_is_added_or_ended_is_told
            }
            circle {
                a_contact_is_wanted_by_both
                contacts_are_listed_page_by_page
                who_is_kept_away_finds_nobody
                the_room_of_two_is_closed_while_one_keeps_the_other_away
                who_goes_for_good_is_in_nobodys_circle
            }
            presence {
                what_somebody_says_of_being_there_is_kept
                when_somebody_was_here_last_is_noted
                who_goes_for_good_shows_nothing_any_more
                who_may_see_somebody_is_theirs_to_say
                who_is_kept_away_is_out_of_sight
                a_stranger_is_seen_only_once_they_answered
                around_somebody_are_contacts_and_people_in_small_rooms
            }
            oversight {
                a_report_waits_until_it_is_decided
                what_administrators_did_is_kept
            }
            reading {
                a_page_has_exactly_what_was_asked_for
                a_time_has_its_place_in_a_log
                what_expired_is_left_out
                picked_entries_come_in_the_order_asked_for
                read_marks_only_move_forward_and_not_past_the_end
                who_is_not_in_a_room_moves_no_mark_there
                saying_marks_what_was_before_as_read
                who_comes_in_has_nothing_unread
                the_ends_of_logs_are_told
            }
            receipts {
                delivered_marks_only_move_forward_and_not_past_the_end
                what_was_read_was_delivered
                of_several_delivered_marks_the_furthest_counts
                who_is_not_in_a_room_has_no_delivered_mark_there
                how_far_members_are_is_read_page_by_page
                a_large_room_has_no_delivered_marks
                who_said_the_newest_messages_is_told
                how_far_devices_are_is_told
                who_keeps_whom_away_among_many_is_told
            }
            conversations {
                a_list_tells_what_is_new_where_something_was_said_last_first
                a_list_is_read_page_by_page
                a_list_shows_no_entry_that_ran_out
                what_changed_since_a_moment_is_told
                a_room_that_one_went_out_of_is_gone
                a_list_that_was_looked_at_shows_what_changed_after_that
                what_somebody_sets_for_a_room_is_theirs
                what_was_begun_is_kept_until_something_is_said
                a_room_marked_as_unread_is_so_until_it_is_read
                who_goes_out_leaves_nothing_set
                what_one_device_changes_is_told_to_the_others
                marks_that_move_together_are_told_as_one
            }
            mentions {
                a_message_calls_whom_it_names_until_they_read_it
                everybody_is_called_by_one_word
                who_is_not_in_the_room_is_not_called
                an_edit_calls_whom_it_names_and_nobody_else
                a_message_that_was_recalled_calls_nobody
            }
            walk {
                whatever_people_do_a_store_and_the_plainest_model_agree
            }
            sessions {
                a_session_is_found_as_it_was_left
                a_room_that_a_session_names_no_more_is_forgotten_at_its_end
                a_session_that_was_not_kept_is_not_found
                a_clean_start_forgets_the_session_and_hands_over_its_will
                an_expired_session_is_not_found_again
                a_session_that_broke_off_says_so
                a_session_that_broke_off_expires_after_its_interval
                a_session_that_was_not_kept_ends_in_a_crash
                an_older_connection_writes_nothing
                a_delivered_mark_never_goes_back
                subscriptions_are_durable_and_leave_other_cursors
                packets_that_wait_for_release_are_told
                what_was_in_flight_is_forgotten_when_cursors_move
                what_is_in_flight_in_no_room_stays_when_cursors_move
                one_device_too_many_takes_the_place_of_the_one_away_longest
            }
            large {
                in_a_large_room_few_are_told_who_comes_and_goes_and_who_likes_what
                a_room_of_a_thousand_is_not_large
                signs_that_few_were_told_of_are_counted_for_everybody
                the_signs_of_what_was_recalled_are_not_told
                of_each_room_a_few_messages_are_counted_at_once
                the_list_shows_of_a_large_room_what_everybody_was_told_last
                no_page_of_the_list_passes_over_a_room_in_which_few_were_told_something_since
                the_newest_of_a_large_room_are_those_that_everybody_is_told
            }
            wills {
                a_will_is_taken_once_when_it_is_due
                a_will_is_dropped_when_its_device_comes_back
                sessions_that_expired_are_ended_and_their_wills_are_not_lost
                the_will_of_a_device_that_was_here_at_a_crash_is_due_after_its_delay
                after_a_crash_a_will_waits_no_longer_than_its_session
                a_device_that_is_back_after_a_crash_takes_its_will_back
                an_orderly_end_replaces_what_was_said_at_the_opening
            }
            apps {
                a_message_is_found_as_it_was_published
                messages_wait_in_their_order_page_by_page
                a_large_batch_is_taken_whole
                a_page_of_large_messages_is_short_and_never_empty
                picked_messages_come_in_their_order_and_from_this_queue
                what_is_acknowledged_waits_no_more
                who_is_gone_is_left_out
                a_packet_that_comes_again_stores_nothing
                a_topic_retains_what_was_said_last
                pages_of_what_is_retained_go_on_whatever_is_cleared
                what_expired_is_swept_out
                the_queue_of_a_session_that_ended_is_swept_out_in_pieces
                a_queue_that_got_empty_after_its_session_ended_is_forgotten
                filters_are_durable_and_an_older_connection_writes_none
                sessions_that_listen_are_listed_page_by_page
                a_topic_may_be_as_long_as_mqtt_allows
                grants_are_set_and_taken_away
                who_goes_for_good_has_no_grant
            }
            turns {
                the_turns_of_a_session_that_ended_are_there_until_they_are_done
                a_turn_of_a_session_that_is_gone_is_left_by_it
                a_turn_at_qos_2_that_was_begun_is_left_to_nobody
                after_a_crash_any_turn_at_qos_2_may_have_been_begun
                the_sessions_of_who_goes_for_good_end
            }
            pushes {
                a_device_is_reached_where_it_said_last
                a_user_has_so_many_devices_and_no_more
                what_is_said_is_due_until_it_is_decided
                a_room_in_which_nobody_can_be_told_says_so
                who_may_not_come_in_is_told_nothing
                a_device_that_is_pushed_to_is_the_last_that_makes_room
            }
            candidates {
                who_might_be_told_is_told_with_all_that_counts
                who_is_here_is_told_from_who_went
                in_a_large_room_only_those_are_asked_who_are_called_or_want_everything
            }
            notes {
                a_note_is_taken_once_and_again_when_nobody_settles_it
                what_is_said_while_something_is_told_is_told_next
                what_was_read_elsewhere_is_taken_back
                a_device_that_is_gone_is_told_nothing_more
                what_came_of_it_is_kept_within_bounds
                the_badge_is_what_is_unread_in_rooms_that_may_ring
            }
            life {
                everything_is_there_after_the_store_was_opened_again
                a_closed_store_says_so
                another_master_key_is_refused
            }
        }
    };
    ($bench:ty; $($part:ident { $($promise:ident)+ })+) => {
        $(mod $part {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    $crate::contract::$part::$promise(&<$bench as Default>::default()).await;
                }
            )+
        })+
    };
}

#[cfg(test)]
mod tests {
    /// What is written in the parts and what is on the list are the same.
    #[test]
    fn no_promise_is_forgotten() {
        let parts = [
            include_str!("contract/log.rs"),
            include_str!("contract/acts.rs"),
            include_str!("contract/media.rs"),
            include_str!("contract/cuts.rs"),
            include_str!("contract/rooms.rs"),
            include_str!("contract/rules.rs"),
            include_str!("contract/ways.rs"),
            include_str!("contract/people.rs"),
            include_str!("contract/credentials.rs"),
            include_str!("contract/partings.rs"),
            include_str!("contract/told.rs"),
            include_str!("contract/circle.rs"),
            include_str!("contract/presence.rs"),
            include_str!("contract/oversight.rs"),
            include_str!("contract/reading.rs"),
            include_str!("contract/receipts.rs"),
            include_str!("contract/conversations.rs"),
            include_str!("contract/mentions.rs"),
            include_str!("contract/walk.rs"),
            include_str!("contract/sessions.rs"),
            include_str!("contract/large.rs"),
            include_str!("contract/wills.rs"),
            include_str!("contract/apps.rs"),
            include_str!("contract/turns.rs"),
            include_str!("contract/pushes.rs"),
            include_str!("contract/candidates.rs"),
            include_str!("contract/notes.rs"),
            include_str!("contract/life.rs"),
        ];
        let written =
            parts.iter().flat_map(|part| part.lines()).filter_map(|line| line.strip_prefix("pub async fn "));
        let mut written: Vec<&str> = written.filter_map(|line| line.split('(').next()).collect();
        let list = include_str!("contract.rs")
            .split("$bench;\n")
            .nth(1)
            .and_then(|list| list.split("}\n        }").next());
        let names = list.expect("the list is there").split_whitespace().filter(|word| word.contains('_'));
        let mut listed: Vec<&str> = names.collect();
        written.sort_unstable();
        listed.sort_unstable();
        assert_eq!(written, listed);
    }
}
