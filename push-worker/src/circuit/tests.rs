use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn opened(circuit: &mut Circuit, now: Instant) {
    for _ in 0..10 {
        let pass = circuit.admit(now).expect("it is closed");
        circuit.record(pass, Health::Failed, now, 0.0);
    }
}

#[test]
fn a_provider_that_takes_nothing_is_left_alone_after_ten_failures() {
    let (mut circuit, now) = (Circuit::new(CircuitSettings::default()), Instant::now());
    for _ in 0..9 {
        let pass = circuit.admit(now).expect("it is closed");
        circuit.record(pass, Health::Failed, now, 0.0);
    }
    assert!(circuit.is_closed());
    opened_by_one_more(&mut circuit, now);
    assert_eq!(circuit.admit(now + SECOND), Err(SECOND));
}

fn opened_by_one_more(circuit: &mut Circuit, now: Instant) {
    let pass = circuit.admit(now).expect("it is closed");
    circuit.record(pass, Health::Failed, now, 0.0);
    assert!(!circuit.is_closed());
}

#[test]
fn a_failure_among_answers_opens_nothing() {
    let (mut circuit, now) = (Circuit::new(CircuitSettings::default()), Instant::now());
    for turn in 0..1000 {
        let pass = circuit.admit(now).expect("it is closed");
        let health = if turn % 3 == 0 { Health::Failed } else { Health::Good };
        circuit.record(pass, health, now, 0.0);
    }
    assert!(circuit.is_closed());
}

#[test]
fn ten_minutes_down_cost_few_probes_and_the_way_back_is_a_ramp() {
    let (mut circuit, start) = (Circuit::new(CircuitSettings::default()), Instant::now());
    opened(&mut circuit, start);
    let mut probes = 0;
    for second in 0..600 {
        // A hundred want to go, each second.
        for _ in 0..100 {
            if let Ok(pass) = circuit.admit(start + SECOND * second) {
                probes += 1;
                circuit.record(pass, Health::Failed, start + SECOND * second, 0.0);
            }
        }
    }
    assert!((8..=16).contains(&probes), "{probes} probes");

    let back = start + SECOND * 700;
    let mut ramp = Vec::new();
    while !circuit.is_closed() {
        let passes: Vec<Pass> = (0..1000).map_while(|_| circuit.admit(back).ok()).collect();
        ramp.push(passes.len());
        // The first of them to come back lets more go; one answer is enough to see the ramp.
        circuit.record(passes[0], Health::Good, back, 0.0);
        for pass in &passes[1..] {
            circuit.record(*pass, Health::Unknown, back, 0.0);
        }
    }
    assert_eq!(ramp, [1, 2, 4, 8, 16, 32, 64]);
    assert!(circuit.admit(back).is_ok());
}

#[test]
fn who_names_a_time_is_left_alone_until_then_and_not_for_ever() {
    let (mut circuit, now) = (Circuit::new(CircuitSettings::default()), Instant::now());
    let pass = circuit.admit(now).expect("it is closed");
    circuit.record(pass, Health::Hold(SECOND * 90), now, 0.0);
    assert_eq!(circuit.admit(now), Err(SECOND * 90));
    let probe = circuit.admit(now + SECOND * 90).expect("a probe may go");
    assert!(circuit.admit(now + SECOND * 90).is_err(), "one at first");
    circuit.record(probe, Health::Hold(SECOND * 86_400), now + SECOND * 90, 0.0);
    assert_eq!(circuit.admit(now + SECOND * 90), Err(LONGEST_HOLD));
}

#[test]
fn a_probe_that_nobody_waited_for_is_followed_by_another() {
    let (mut circuit, now) = (Circuit::new(CircuitSettings::default()), Instant::now());
    opened(&mut circuit, now);
    let later = now + SECOND * 2;
    let probe = circuit.admit(later).expect("a probe may go");
    assert!(circuit.admit(later).is_err());
    circuit.record(probe, Health::Unknown, later, 0.0);
    assert!(circuit.admit(later).is_ok());
}

#[test]
fn a_late_answer_from_before_changes_nothing() {
    let (mut circuit, now) = (Circuit::new(CircuitSettings::default()), Instant::now());
    let early = circuit.admit(now).expect("it is closed");
    opened(&mut circuit, now);
    circuit.record(early, Health::Good, now, 0.0);
    assert!(!circuit.is_closed());
    let probe = circuit.admit(now + SECOND * 2).expect("a probe may go");
    circuit.record(early, Health::Failed, now + SECOND * 2, 0.0);
    circuit.record(probe, Health::Good, now + SECOND * 2, 0.0);
    assert!(circuit.admit(now + SECOND * 2).is_ok());
}

#[test]
fn what_a_person_has_to_repair_opens_it_at_once() {
    let (mut circuit, now) = (Circuit::new(CircuitSettings::default()), Instant::now());
    let pass = circuit.admit(now).expect("it is closed");
    circuit.record(pass, Health::Fault, now, 1.0);
    // Chance lengthens by a quarter.
    assert_eq!(circuit.admit(now), Err(Duration::from_millis(37_500)));
}
