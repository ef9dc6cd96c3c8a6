(* The one-shot-deviation principle, and the two profiles of the repeated public goods game whose thresholds are known.

   A player whose co-players follow fixed strategies faces a decision problem: a state (what the history asks for), an
   action, a payoff, the next state, and a weight of what follows.  Every strategy of its own, however it depends on the
   history, yields one sequence of actions from where it starts.  Sources: Blackwell (1965), Ann. Math. Stat. 36, 226;
   Mailath & Samuelson (2006), Repeated Games and Reputations, proposition 2.2.1; model.md, sections 2.5 and 2.6. *)
Require Import Reals Lra Lia Arith.
Require Import payoffs.
Open Scope R_scope.

Section Decision.

Variables (State Action : Type) (pay : State -> Action -> R) (next : State -> Action -> State) (weight : State -> R).
Variables (plan : State -> Action) (value : State -> R) (patience bound : R).

(* Two steps weigh at most `patience` < 1: a round may have two stages of which only one is discounted. *)
Hypothesis weight_unit : forall s, 0 <= weight s <= 1.
Hypothesis weight_two : forall s x, weight s * weight (next s x) <= patience.
Hypothesis patience_unit : 0 <= patience < 1.
Hypothesis value_bounded : forall s, Rabs (value s) <= bound.
Hypothesis value_plan : forall s, value s = pay s (plan s) + weight s * value (next s (plan s)).

Fixpoint state (s : State) (acts : nat -> Action) (t : nat) : State :=
  match t with O => s | S n => next (state s acts n) (acts n) end.

Fixpoint worth (s : State) (acts : nat -> Action) (t : nat) : R :=
  match t with O => 1 | S n => worth s acts n * weight (state s acts n) end.

Definition term (s : State) (acts : nat -> Action) (t : nat) : R := worth s acts t * pay (state s acts t) (acts t).

Lemma worth_unit s acts t : 0 <= worth s acts t <= 1.
Proof.
  induction t as [|t [L U]]; simpl; [ lra | ]. pose proof (weight_unit (state s acts t)) as [A B].
  split; [ apply Rmult_le_pos; lra | ].
  apply Rle_trans with (worth s acts t * 1); [ apply Rmult_le_compat_l; lra | lra ].
Qed.

Lemma worth_even s acts n : worth s acts (2 * n) <= patience ^ n.
Proof.
  induction n as [|n IH]; [ simpl; lra | ].
  replace (2 * S n)%nat with (S (S (2 * n))) by lia.
  change (worth s acts (S (S (2 * n)))) with
    (worth s acts (2 * n) * weight (state s acts (2 * n)) *
     weight (next (state s acts (2 * n)) (acts (2 * n)%nat))).
  rewrite Rmult_assoc. simpl pow. rewrite (Rmult_comm patience).
  apply Rmult_le_compat; [ apply worth_unit | | exact IH | apply weight_two ].
  apply Rmult_le_pos; apply weight_unit.
Qed.

Lemma worth_falls s acts m n : (m <= n)%nat -> worth s acts n <= worth s acts m.
Proof.
  induction 1 as [|n H IH]; [ lra | ]. simpl.
  pose proof (worth_unit s acts n) as [A B]. pose proof (weight_unit (state s acts n)) as [C D].
  apply Rle_trans with (worth s acts n * 1); [ apply Rmult_le_compat_l; lra | lra ].
Qed.

Lemma bound_pos (s : State) : 0 <= bound.
Proof. apply Rle_trans with (Rabs (value s)); [ apply Rabs_pos | apply value_bounded ]. Qed.

Lemma tail_vanishes s acts : Un_cv (fun t => worth s acts t * value (state s acts t)) 0.
Proof.
  intros eps He.
  pose proof (bound_pos s) as B.
  destruct (pow_lt_1_zero patience) with (y := eps / (bound + 1)) as [n Hn].
  - rewrite Rabs_pos_eq; lra.
  - apply Rdiv_lt_0_compat; lra.
  - exists (2 * n)%nat. intros t Ht. unfold R_dist. rewrite Rminus_0_r, Rabs_mult.
    rewrite (Rabs_pos_eq (worth s acts t)) by apply worth_unit.
    specialize (Hn n ltac:(lia)). rewrite Rabs_pos_eq in Hn by (apply pow_le; lra).
    apply Rle_lt_trans with (patience ^ n * (bound + 1)).
    + apply Rmult_le_compat; [ apply worth_unit | apply Rabs_pos | | ].
      * apply Rle_trans with (worth s acts (2 * n)); [ apply worth_falls; lia | apply worth_even ].
      * pose proof (value_bounded (state s acts t)). lra.
    + apply Rmult_lt_reg_r with (/ (bound + 1)); [ apply Rinv_0_lt_compat; lra | ].
      rewrite Rmult_assoc, Rinv_r by lra. rewrite Rmult_1_r. exact Hn.
Qed.

Lemma sum_total f n : sum_f_R0 f n = total f (S n).
Proof. induction n as [|n IH]; [ simpl; ring | simpl sum_f_R0; rewrite IH; reflexivity ]. Qed.

Lemma partial_below s acts : (forall s x, pay s x + weight s * value (next s x) <= value s) ->
  forall n, total (term s acts) n + worth s acts n * value (state s acts n) <= value s.
Proof.
  intros H n. induction n as [|n IH]; [ simpl; lra | ]. simpl total. unfold term at 2. simpl worth. simpl state.
  pose proof (worth_unit s acts n) as [A B]. specialize (H (state s acts n) (acts n)).
  assert (worth s acts n * (pay (state s acts n) (acts n) + weight (state s acts n) *
    value (next (state s acts n) (acts n))) <= worth s acts n * value (state s acts n))
    by (apply Rmult_le_compat_l; lra).
  lra.
Qed.

Definition follow (s : State) (t : nat) : State := Nat.iter t (fun q => next q (plan q)) s.

Lemma state_follow s t : state s (fun n => plan (follow s n)) t = follow s t.
Proof. induction t as [|t IH]; [ reflexivity | simpl; rewrite IH; reflexivity ]. Qed.

Lemma partial_plan s n : total (term s (fun t => plan (follow s t))) n +
  worth s (fun t => plan (follow s t)) n * value (follow s n) = value s.
Proof.
  induction n as [|n IH]; [ simpl; ring | ].
  change (total (term s (fun t => plan (follow s t))) (S n)) with
    (total (term s (fun t => plan (follow s t))) n + term s (fun t => plan (follow s t)) n).
  change (worth s (fun t => plan (follow s t)) (S n)) with
    (worth s (fun t => plan (follow s t)) n * weight (state s (fun t => plan (follow s t)) n)).
  change (follow s (S n)) with (next (follow s n) (plan (follow s n))).
  unfold term at 2. rewrite state_follow. rewrite (value_plan (follow s n)) in IH. rewrite <- IH. ring.
Qed.

Lemma plan_sums s : infinite_sum (term s (fun t => plan (follow s t))) (value s).
Proof.
  intros eps He.
  destruct (tail_vanishes s (fun t => plan (follow s t)) eps He) as [n Hn].
  exists n. intros t Ht. rewrite sum_total. specialize (Hn (S t) ltac:(lia)).
  pose proof (partial_plan s (S t)) as E.
  rewrite state_follow in Hn. unfold R_dist in *. rewrite Rminus_0_r in Hn.
  replace (total (term s (fun t0 => plan (follow s t0))) (S t) - value s)
    with (- (worth s (fun t0 => plan (follow s t0)) (S t) * value (follow s (S t)))) by lra.
  rewrite Rabs_Ropp. exact Hn.
Qed.

(* one deviation, then the plan *)
Definition once (s : State) (x : Action) (t : nat) : Action :=
  match t with O => x | S n => plan (follow (next s x) n) end.

Lemma state_once s x t : state s (once s x) (S t) = follow (next s x) t.
Proof. induction t as [|t IH]; [ reflexivity | ]. change (state s (once s x) (S (S t))) with
  (next (state s (once s x) (S t)) (once s x (S t))). rewrite IH. reflexivity. Qed.

Lemma worth_once s x t : worth s (once s x) (S t) = weight s * worth (next s x) (fun n => plan (follow (next s x) n)) t.
Proof.
  induction t as [|t IH]; [ simpl; ring | ].
  change (worth s (once s x) (S (S t))) with (worth s (once s x) (S t) * weight (state s (once s x) (S t))).
  rewrite IH, state_once. simpl worth. rewrite state_follow. ring.
Qed.

Lemma total_once s x n : total (term s (once s x)) (S n) =
  pay s x + weight s * total (term (next s x) (fun t => plan (follow (next s x) t))) n.
Proof.
  induction n as [|n IH]; [ unfold term; simpl; ring | ].
  change (total (term s (once s x)) (S (S n))) with
    (total (term s (once s x)) (S n) + term s (once s x) (S n)).
  rewrite IH. unfold term at 2. rewrite worth_once, state_once. simpl total. unfold term at 3. rewrite state_follow.
  simpl once. ring.
Qed.

Lemma once_sums s x : infinite_sum (term s (once s x)) (pay s x + weight s * value (next s x)).
Proof.
  intros eps He. destruct (plan_sums (next s x) eps He) as [n Hn].
  exists (S n). intros t Ht. destruct t as [|t]; [ lia | ].
  rewrite sum_total, total_once. specialize (Hn t ltac:(lia)). rewrite sum_total in Hn. unfold R_dist in *.
  pose proof (weight_unit s) as [A B].
  match goal with |- Rabs ?e < _ => replace e with
    (weight s * (total (term (next s x) (fun t0 => plan (follow (next s x) t0))) (S t) - value (next s x))) by ring end.
  rewrite Rabs_mult, (Rabs_pos_eq (weight s)) by lra.
  apply Rle_lt_trans with (1 * Rabs (total (term (next s x) (fun t0 => plan (follow (next s x) t0))) (S t) -
    value (next s x))); [ apply Rmult_le_compat_r; [ apply Rabs_pos | lra ] | lra ].
Qed.

(* No sequence of actions from any state is worth more than the plan iff no single deviation is. *)
Theorem one_shot_deviation :
  (forall s acts l, infinite_sum (term s acts) l -> l <= value s) <->
  (forall s x, pay s x + weight s * value (next s x) <= value s).
Proof.
  split; intro H.
  - intros s x. apply (H s (once s x)). apply once_sums.
  - intros s acts l Hl. apply Rnot_lt_le. intro G.
    destruct (Hl ((l - value s) / 2)) as [n Hn]; [ lra | ].
    destruct (tail_vanishes s acts ((l - value s) / 2)) as [m Hm]; [ lra | ].
    specialize (Hn (n + m)%nat ltac:(lia)). specialize (Hm (S (n + m)) ltac:(lia)).
    rewrite sum_total in Hn. pose proof (partial_below s acts H (S (n + m))) as P.
    unfold R_dist in *. rewrite Rminus_0_r in Hm. apply Rabs_def2 in Hn. apply Rabs_def2 in Hm. lra.
Qed.

End Decision.

Section Profiles.

Variables (N : nat) (r c fine cost patience : R) (i victim : nat).
Hypothesis two : (2 <= N)%nat.
Hypothesis me : (i < N)%nat.
Hypothesis other : (victim < N)%nat /\ victim <> i.
Hypothesis returns : 1 < r <= INR N.
Hypothesis costly : 0 < c.
Hypothesis patient : 0 <= patience < 1.

Let u := payoff N r c fine cost.
Definition give (b : bool) : R := if b then 1 else 0.
Definition idle : nat -> nat -> R := fun _ _ => 0.
(* the player gives `own`, every other gives `rest` *)
Definition round (own rest : bool) : R := u (at_ (fun _ => give rest) i (give own)) idle i.

Lemma round_value own rest :
  round own rest = r * c / INR N * ((INR N - 1) * give rest + give own) - c * give own.
Proof.
  unfold round, u, payoff, idle. rewrite total_at by assumption. rewrite total_const.
  rewrite (others_ext (fun _ => 0 * fine) (fun _ => 0)) by (intros; ring).
  rewrite (others_ext (fun _ => 0 * cost) (fun _ => 0)) by (intros; ring).
  rewrite !others_const by assumption. unfold at_. rewrite Nat.eqb_refl. ring.
Qed.

Lemma N_two : 2 <= INR N.
Proof. replace 2 with (INR 2) by (simpl; ring). apply le_INR. assumption. Qed.

(* 2.6: grim trigger.  The state says whether nobody has ever defected. *)
Definition grim_value (calm : bool) : R := if calm then (r - 1) * c / (1 - patience) else 0.

Theorem grim_trigger :
  (forall calm acts l,
     infinite_sum (term bool bool (fun calm b => round b calm) (fun calm b => andb calm b) (fun _ => patience) calm acts) l ->
     l <= grim_value calm) <->
  patience >= (INR N - r) / (r * (INR N - 1)).
Proof.
  pose proof N_two as N2.
  rewrite (one_shot_deviation bool bool _ _ _ (fun calm => calm) grim_value patience (Rabs ((r - 1) * c / (1 - patience)))).
  - assert (F : 0 < 1 - patience) by lra.
    assert (K : (round false true + patience * 0 <= grim_value true) <-> patience >= (INR N - r) / (r * (INR N - 1))).
    { rewrite round_value. unfold grim_value, give.
      assert (D : 0 < r * (INR N - 1)) by (apply Rmult_lt_0_compat; lra).
      replace (r * c / INR N * ((INR N - 1) * 1 + 0) - c * 0 + patience * 0) with (c * (r * (INR N - 1) / INR N)) by (field; lra).
      split; intro G.
      - apply Rle_ge. apply Rmult_le_reg_r with (r * (INR N - 1)); [ assumption | ].
        replace ((INR N - r) / (r * (INR N - 1)) * (r * (INR N - 1))) with (INR N - r) by (field; lra).
        apply Rmult_le_compat_r with (r := (1 - patience) / c * INR N) in G;
          [ | apply Rmult_le_pos; [ apply Rlt_le, Rdiv_lt_0_compat; lra | lra ] ].
        replace (c * (r * (INR N - 1) / INR N) * ((1 - patience) / c * INR N)) with (r * (INR N - 1) * (1 - patience)) in G
          by (field; lra).
        replace ((r - 1) * c / (1 - patience) * ((1 - patience) / c * INR N)) with ((r - 1) * INR N) in G by (field; lra).
        lra.
      - apply Rge_le in G. apply Rmult_le_compat_r with (r := r * (INR N - 1)) in G; [ | lra ].
        replace ((INR N - r) / (r * (INR N - 1)) * (r * (INR N - 1))) with (INR N - r) in G by (field; lra).
        apply Rmult_le_reg_r with ((1 - patience) / c * INR N);
          [ apply Rmult_lt_0_compat; [ apply Rdiv_lt_0_compat; lra | lra ] | ].
        replace (c * (r * (INR N - 1) / INR N) * ((1 - patience) / c * INR N)) with (r * (INR N - 1) * (1 - patience))
          by (field; lra).
        replace ((r - 1) * c / (1 - patience) * ((1 - patience) / c * INR N)) with ((r - 1) * INR N) by (field; lra).
        lra. }
    split.
    + intro H. apply K. apply (H true false).
    + intros G calm b. apply K in G. destruct calm, b; simpl andb; unfold grim_value at 1.
      * rewrite round_value. unfold grim_value, give. right. field. lra.
      * exact G.
      * rewrite round_value. unfold grim_value, give.
        replace (r * c / INR N * ((INR N - 1) * 0 + 1) - c * 1 + patience * 0) with (c * (r / INR N - 1)) by (field; lra).
        assert (r / INR N <= 1) by (apply Rmult_le_reg_r with (INR N); [ lra | ]; field_simplify; lra).
        assert (0 <= c * (1 - r / INR N)) by (apply Rmult_le_pos; lra). lra.
      * rewrite round_value. unfold grim_value, give. right. field. lra.
  - intros; lra.
  - intros. assert (patience * patience <= patience * 1) by (apply Rmult_le_compat_l; lra). lra.
  - assumption.
  - intros [|]; simpl; [ lra | rewrite Rabs_R0; apply Rabs_pos ].
  - intros [|]; rewrite round_value; unfold grim_value, give; simpl; field; lra.
Qed.

(* 2.5: the punishment stage.  `Give`: contributions are due.  After them `Due`: a lone other deviated and everybody
   punishes; `Mine`: one deviated oneself, alone; `Nothing`: nobody or several deviated.  `Ruin` and `RuinAfter` are the
   two stages once a punishment that was due was not carried out.  An action is whether to contribute, and whom to
   punish; each stage reads its own half. *)
Inductive phase := Give | Due | Mine | Nothing | Ruin | RuinAfter.
Definition act : Type := (bool * (nat -> bool))%type.

(* what the second stage changes: everybody punishes i if `hit`, and i punishes whom it chose *)
Definition aftermath (hit : bool) (x : nat -> bool) : R :=
  u (fun _ => 0) (fun j k => if Nat.eqb j i then give (x k) else if hit then give (Nat.eqb k i) else 0) i
  - u (fun _ => 0) idle i.

Definition stage_pay (q : phase) (x : act) : R :=
  match q with
  | Give => round (fst x) true
  | Due | Nothing | RuinAfter => aftermath false (snd x)
  | Mine => aftermath true (snd x)
  | Ruin => round (fst x) false
  end.

Definition stage_next (q : phase) (x : act) : phase :=
  match q with
  | Give => if fst x then Nothing else Mine
  | Due => if snd x victim then Give else Ruin
  | Mine | Nothing => Give
  | Ruin => RuinAfter
  | RuinAfter => Ruin
  end.

Definition stage_weight (q : phase) : R := match q with Give | Ruin => 1 | _ => patience end.

Definition stage_plan (q : phase) : act :=
  match q with
  | Give => (true, fun _ => false)
  | Due => (true, fun j => Nat.eqb j victim)
  | Ruin => (false, fun _ => false)
  | _ => (true, fun _ => false)
  end.

Definition together : R := (r - 1) * c / (1 - patience).

Definition stage_value (q : phase) : R :=
  match q with
  | Give => together
  | Due => - cost + patience * together
  | Mine => - (INR N - 1) * fine + patience * together
  | Nothing => patience * together
  | Ruin | RuinAfter => 0
  end.

Definition spent (x : nat -> bool) : R := others (fun j => give (x j)) i N.

Lemma spent_pos x : 0 <= spent x.
Proof.
  unfold spent, others. generalize N. intro n. induction n as [|n IH]; simpl; [ lra | ].
  assert (0 <= at_ (fun j => give (x j)) i 0 n).
  { unfold at_, give. destruct (Nat.eqb n i); [ lra | ]. destruct (x n); lra. }
  lra.
Qed.

Lemma spent_victim x : x victim = true -> 1 <= spent x.
Proof.
  intro H. unfold spent, others. destruct other as [L D].
  assert (G : forall n, 0 <= total (at_ (fun j => give (x j)) i 0) n /\
    ((victim < n)%nat -> 1 <= total (at_ (fun j => give (x j)) i 0) n)).
  { intro n. induction n as [|n [A B]]; simpl; [ split; [ lra | lia ] | ].
    assert (P : 0 <= at_ (fun j => give (x j)) i 0 n).
    { unfold at_, give. destruct (Nat.eqb n i); [ lra | ]. destruct (x n); lra. }
    split; [ lra | ]. intro V. destruct (Nat.eq_dec victim n) as [E|E].
    - subst n. assert (at_ (fun j => give (x j)) i 0 victim = 1).
      { unfold at_, give. destruct (Nat.eqb_spec victim i); [ contradiction | rewrite H; reflexivity ]. }
      lra.
    - specialize (B ltac:(lia)). lra. }
  apply G. assumption.
Qed.

Lemma spent_none : spent (fun _ => false) = 0.
Proof. unfold spent, give. rewrite others_const by assumption. ring. Qed.

Lemma spent_one : spent (fun j => Nat.eqb j victim) = 1.
Proof.
  unfold spent. destruct other as [L D]. rewrite others_total by assumption.
  rewrite (total_ext _ (at_ (fun _ => 0) victim 1)).
  - rewrite total_at by assumption. rewrite total_zero. unfold give.
    destruct (Nat.eqb_spec i victim); [ subst; contradiction | lra ].
  - intros j _. unfold at_, give. reflexivity.
Qed.

Lemma aftermath_value hit x : aftermath hit x = - (if hit then (INR N - 1) * fine else 0) - spent x * cost.
Proof.
  unfold aftermath, u, payoff, idle, spent. rewrite total_zero.
  rewrite (others_ext (fun _ => 0 * fine) (fun _ => 0)) by (intros; ring).
  rewrite (others_ext (fun _ => 0 * cost) (fun _ => 0)) by (intros; ring).
  rewrite !others_const by assumption.
  rewrite (others_ext (fun j => (if Nat.eqb j i then give (x i) else if hit then give (Nat.eqb i i) else 0) * fine)
    (fun _ => (if hit then 1 else 0) * fine)).
  - rewrite others_const by assumption. rewrite minus_INR by lia. simpl INR.
    rewrite (others_ext (fun j => (if Nat.eqb i i then give (x j) else if hit then give (Nat.eqb j i) else 0) * cost)
      (fun j => cost * give (x j))) by (intros; rewrite Nat.eqb_refl; ring).
    rewrite others_scale. destruct hit; ring.
  - intros j _ D. destruct (Nat.eqb_spec j i); [ contradiction | ]. rewrite Nat.eqb_refl. destruct hit; reflexivity.
Qed.

Theorem punishment_stage : 0 <= fine -> 0 < cost ->
  ((forall q acts l,
     infinite_sum (term phase act stage_pay stage_next stage_weight q acts) l -> l <= stage_value q) <->
   (INR N - 1) * fine >= c * (1 - r / INR N) /\ cost <= patience / (1 - patience) * (c * (r - 1))).
Proof.
  intros F C. pose proof N_two as N2. assert (P : 0 < 1 - patience) by lra.
  assert (T : together = (r - 1) * c + patience * together) by (unfold together; field; lra).
  assert (R : patience / (1 - patience) * (c * (r - 1)) = patience * together) by (unfold together; field; lra).
  assert (Q : r / INR N <= 1) by (apply Rmult_le_reg_r with (INR N); [ lra | ]; field_simplify; lra).
  assert (L : 0 <= c * (1 - r / INR N)) by (apply Rmult_le_pos; lra).
  assert (G1 : round true true = (r - 1) * c) by (rewrite round_value; unfold give; field; lra).
  assert (G0 : round false true = (r - 1) * c + c * (1 - r / INR N)) by (rewrite round_value; unfold give; field; lra).
  assert (R1 : round true false = - (c * (1 - r / INR N))) by (rewrite round_value; unfold give; field; lra).
  assert (R0 : round false false = 0) by (rewrite round_value; unfold give; field; lra).
  rewrite (one_shot_deviation phase act _ _ _ stage_plan stage_value patience
    (Rabs together + Rabs cost + Rabs ((INR N - 1) * fine))).
  - split.
    + intro H. split.
      * specialize (H Give (false, fun _ => false)). simpl in H. rewrite G0 in H. lra.
      * specialize (H Due (true, fun _ => false)). simpl in H. rewrite aftermath_value, spent_none in H. lra.
    + intros [H1 H2] q [b x]. rewrite R in H2. pose proof (spent_pos x) as S.
      assert (SC : 0 <= spent x * cost) by (apply Rmult_le_pos; lra).
      destruct q; simpl; try rewrite aftermath_value; try lra.
      * destruct b; simpl; [ rewrite G1 | rewrite G0 ]; lra.
      * destruct (x victim) eqn:E; simpl; [ | lra ].
        pose proof (spent_victim x E) as V.
        assert (1 * cost <= spent x * cost) by (apply Rmult_le_compat_r; lra). lra.
      * destruct b; [ rewrite R1 | rewrite R0 ]; lra.
  - intros [| | | | |]; simpl; lra.
  - intros q [b x]. destruct q; simpl; try lra.
    + destruct b; simpl; lra.
    + destruct (x victim); simpl; lra.
  - assumption.
  - pose proof (Rabs_pos together). pose proof (Rabs_pos cost). pose proof (Rabs_pos ((INR N - 1) * fine)).
    assert (PT : Rabs (patience * together) <= Rabs together).
    { rewrite Rabs_mult, (Rabs_pos_eq patience) by lra.
      rewrite <- (Rmult_1_l (Rabs together)) at 2. apply Rmult_le_compat_r; lra. }
    intros [| | | | |]; simpl.
    + lra.
    + eapply Rle_trans; [ apply Rabs_triang | ]. rewrite Rabs_Ropp. lra.
    + eapply Rle_trans; [ apply Rabs_triang | ].
      replace (- (INR N - 1) * fine) with (- ((INR N - 1) * fine)) by ring. rewrite Rabs_Ropp. lra.
    + lra.
    + rewrite Rabs_R0. lra.
    + rewrite Rabs_R0. lra.
  - destruct other as [V D].
    intros [| | | | |]; simpl; try rewrite aftermath_value; try rewrite spent_none; try rewrite Nat.eqb_refl; simpl;
      try lra.
    all: try rewrite spent_one; try lra.
Qed.

End Profiles.
