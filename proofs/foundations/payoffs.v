(* The public goods game with punishment, from its definition as sums over co-players, for every number of players.
   Source: model.md, sections 1 and 2. *)
Require Import Reals Lra Lia Arith.
Open Scope R_scope.

(* Sums over the first n players. *)
Fixpoint total (f : nat -> R) (n : nat) : R :=
  match n with O => 0 | S m => total f m + f m end.

Lemma total_ext f g n : (forall j, (j < n)%nat -> f j = g j) -> total f n = total g n.
Proof.
  induction n as [|n IH]; intro H; simpl; [ reflexivity | ].
  rewrite IH by (intros; apply H; lia). rewrite (H n) by lia. reflexivity.
Qed.

Lemma total_plus f g n : total (fun j => f j + g j) n = total f n + total g n.
Proof. induction n as [|n IH]; simpl; [ ring | rewrite IH; ring ]. Qed.

Lemma total_scale k f n : total (fun j => k * f j) n = k * total f n.
Proof. induction n as [|n IH]; simpl; [ ring | rewrite IH; ring ]. Qed.

Lemma total_zero n : total (fun _ => 0) n = 0.
Proof. induction n as [|n IH]; simpl; [ reflexivity | rewrite IH; ring ]. Qed.

Lemma total_const k n : total (fun _ => k) n = INR n * k.
Proof.
  induction n as [|n IH]; [ simpl; ring | ].
  rewrite S_INR. simpl. rewrite IH. ring.
Qed.

(* f with the value v at i *)
Definition at_ (f : nat -> R) (i : nat) (v : R) : nat -> R := fun j => if Nat.eqb j i then v else f j.

Lemma total_at f i v n : (i < n)%nat -> total (at_ f i v) n = total f n - f i + v.
Proof.
  induction n as [|n IH]; intro H; [ lia | ]. simpl.
  destruct (Nat.eq_dec i n) as [E|E].
  - subst i. unfold at_ at 2. rewrite Nat.eqb_refl.
    rewrite (total_ext (at_ f n v) f) by (intros j L; unfold at_; destruct (Nat.eqb_spec j n); [ lia | reflexivity ]).
    ring.
  - rewrite IH by lia. unfold at_. destruct (Nat.eqb_spec n i); [ lia | ring ].
Qed.

(* Sums over the co-players of i. *)
Definition others (f : nat -> R) (i n : nat) : R := total (at_ f i 0) n.

Lemma others_total f i n : (i < n)%nat -> others f i n = total f n - f i.
Proof. intro H. unfold others. rewrite (total_at f i 0 n H). ring. Qed.

Lemma others_ext f g i n : (forall j, (j < n)%nat -> j <> i -> f j = g j) -> others f i n = others g i n.
Proof.
  intro H. unfold others. apply total_ext. intros j L. unfold at_.
  destruct (Nat.eqb_spec j i); [ reflexivity | apply H; assumption ].
Qed.

Lemma others_plus f g i n : others (fun j => f j + g j) i n = others f i n + others g i n.
Proof.
  unfold others. rewrite <- total_plus. apply total_ext. intros j _. unfold at_. destruct (Nat.eqb j i); ring.
Qed.

Lemma others_scale k f i n : others (fun j => k * f j) i n = k * others f i n.
Proof.
  unfold others. rewrite <- total_scale. apply total_ext. intros j _. unfold at_. destruct (Nat.eqb j i); ring.
Qed.

Lemma others_const k i n : (i < n)%nat -> others (fun _ => k) i n = INR (n - 1) * k.
Proof.
  intro H. rewrite others_total by assumption. rewrite total_const.
  replace (INR (n - 1)) with (INR n - 1) by (rewrite minus_INR by lia; simpl; ring). ring.
Qed.

Section Stage.

Variables (N : nat) (r c fine cost : R).
Hypothesis two : (2 <= N)%nat.

(* a j: what player j gives, as a fraction of c.  w j i: the expected weight, chance times severity, with which j
   punishes i, once i has acted. *)
Definition payoff (a : nat -> R) (w : nat -> nat -> R) (i : nat) : R :=
  r * c / INR N * total a N - c * a i - others (fun j => w j i * fine) i N - others (fun j => w i j * cost) i N.

Definition loss : R := c * (1 - r / INR N).

Lemma N_pos : 0 < INR N.
Proof. apply lt_0_INR. lia. Qed.

(* w j i x: the weight with which j punishes i who gave x.  Punishment depends on the target's own action only. *)
Definition outcome (a : nat -> R) (w : nat -> nat -> R -> R) (i : nat) : R :=
  payoff a (fun j k => w j k (a k)) i.

Lemma own_change a w i x y : (i < N)%nat ->
  outcome (at_ a i x) w i - outcome (at_ a i y) w i =
  others (fun j => w j i y - w j i x) i N * fine - loss * (x - y).
Proof.
  intro H. unfold outcome, payoff, loss. cbv beta. rewrite !(total_at a i) by assumption.
  assert (E : forall z, at_ a i z i = z) by (intro z; unfold at_; rewrite Nat.eqb_refl; reflexivity).
  rewrite !E.
  assert (S : forall z, others (fun j => w j i z * fine) i N = others (fun j => w j i z) i N * fine).
  { intro z. rewrite (others_ext _ (fun j => fine * w j i z)) by (intros; ring). rewrite others_scale. ring. }
  rewrite !S.
  assert (P : others (fun j => w i j (at_ a i x j) * cost) i N = others (fun j => w i j (at_ a i y j) * cost) i N).
  { apply others_ext. intros j _ D. unfold at_. destruct (Nat.eqb_spec j i); [ contradiction | reflexivity ]. }
  rewrite P.
  assert (M : others (fun j => w j i y - w j i x) i N = others (fun j => w j i y) i N - others (fun j => w j i x) i N).
  { rewrite (others_ext _ (fun j => w j i y + (-1) * w j i x)) by (intros; ring).
    rewrite others_plus, others_scale. ring. }
  rewrite M. pose proof N_pos. field. lra.
Qed.

(* 2.1: deterrence, binary actions.  Only defections are punished. *)
Theorem deterrence w i : (i < N)%nat -> (forall j, w j i 1 = 0) ->
  ((forall a, outcome (at_ a i 1) w i >= outcome (at_ a i 0) w i) <-> others (fun j => w j i 0 * fine) i N >= loss).
Proof.
  intros H Z.
  assert (D : forall a, outcome (at_ a i 1) w i - outcome (at_ a i 0) w i = others (fun j => w j i 0 * fine) i N - loss).
  { intro a. rewrite own_change by assumption.
    rewrite (others_ext (fun j => w j i 0 - w j i 1) (fun j => w j i 0)) by (intros j _ _; rewrite Z; ring).
    rewrite (others_ext (fun j => w j i 0 * fine) (fun j => fine * w j i 0)) by (intros; ring).
    rewrite others_scale. ring. }
  split; intro G.
  - specialize (G (fun _ => 0)). specialize (D (fun _ => 0)). lra.
  - intro a. specialize (D a). lra.
Qed.

Theorem deterrence_strict w i : (i < N)%nat -> (forall j, w j i 1 = 0) ->
  ((forall a, outcome (at_ a i 1) w i > outcome (at_ a i 0) w i) <-> others (fun j => w j i 0 * fine) i N > loss).
Proof.
  intros H Z.
  assert (D : forall a, outcome (at_ a i 1) w i - outcome (at_ a i 0) w i = others (fun j => w j i 0 * fine) i N - loss).
  { intro a. rewrite own_change by assumption.
    rewrite (others_ext (fun j => w j i 0 - w j i 1) (fun j => w j i 0)) by (intros j _ _; rewrite Z; ring).
    rewrite (others_ext (fun j => w j i 0 * fine) (fun j => fine * w j i 0)) by (intros; ring).
    rewrite others_scale. ring. }
  split; intro G.
  - specialize (G (fun _ => 0)). specialize (D (fun _ => 0)). lra.
  - intro a. specialize (D a). lra.
Qed.

(* 2.1 with levels: giving all is best among all levels iff no level saves more than it is fined. *)
Theorem deterrence_levels w i : (i < N)%nat ->
  ((forall a x, 0 <= x <= 1 -> outcome (at_ a i 1) w i >= outcome (at_ a i x) w i) <->
   (forall x, 0 <= x <= 1 -> others (fun j => w j i x - w j i 1) i N * fine >= loss * (1 - x))).
Proof.
  intro H. split; intro G.
  - intros x B. specialize (G (fun _ => 0) x B). pose proof (own_change (fun _ => 0) w i 1 x H). lra.
  - intros a x B. specialize (G x B). pose proof (own_change a w i 1 x H). lra.
Qed.

(* 2.4: the last stage of one shot.  Whatever was given and whatever the others do, less weight is better. *)
Theorem punishing_costs a w v i : (i < N)%nat -> cost > 0 ->
  (forall j, (j < N)%nat -> j <> i -> v j <= w i j) -> (exists j, (j < N)%nat /\ j <> i /\ v j < w i j) ->
  payoff a w i < payoff a (fun k j => if Nat.eqb k i then v j else w k j) i.
Proof.
  intros H G L [j [Hj [Dj Sj]]]. unfold payoff.
  rewrite (others_ext (fun k => (if Nat.eqb k i then v i else w k i) * fine) (fun k => w k i * fine))
    by (intros k _ D; destruct (Nat.eqb_spec k i); [ contradiction | reflexivity ]).
  rewrite Nat.eqb_refl.
  assert (S : others (fun k => v k * cost) i N < others (fun k => w i k * cost) i N).
  { assert (P : 0 < others (fun k => (w i k - v k) * cost) i N).
    { unfold others.
      assert (Q : forall n, (n <= N)%nat -> 0 <= total (at_ (fun k => (w i k - v k) * cost) i 0) n /\
        ((j < n)%nat -> 0 < total (at_ (fun k => (w i k - v k) * cost) i 0) n)).
      { induction n as [|n IH]; intro B; [ simpl; split; [ lra | lia ] | ].
        destruct IH as [I1 I2]; [ lia | ]. simpl.
        assert (T : 0 <= at_ (fun k => (w i k - v k) * cost) i 0 n).
        { unfold at_. destruct (Nat.eqb_spec n i); [ lra | ]. apply Rmult_le_pos; [ | lra ].
          specialize (L n ltac:(lia) ltac:(assumption)). lra. }
        split; [ lra | ]. intro J. destruct (Nat.eq_dec j n) as [E|E].
        - subst n. assert (0 < at_ (fun k => (w i k - v k) * cost) i 0 j).
          { unfold at_. destruct (Nat.eqb_spec j i); [ contradiction | ]. apply Rmult_lt_0_compat; lra. }
          lra.
        - assert (j < n)%nat by lia. specialize (I2 ltac:(assumption)). lra. }
      apply (Q N); [ lia | assumption ]. }
    rewrite (others_ext (fun k => (w i k - v k) * cost) (fun k => w i k * cost + (-1) * (v k * cost))) in P
      by (intros; ring).
    rewrite others_plus, others_scale in P. lra. }
  lra.
Qed.

(* ... so in a subgame-perfect equilibrium of one shot nobody punishes, and for r < N nobody contributes. *)
Theorem one_shot a w i : (i < N)%nat -> r < INR N -> c > 0 -> (forall j k, w j k = 0) ->
  payoff (at_ a i 1) w i < payoff (at_ a i 0) w i.
Proof.
  intros H L C Z.
  pose proof (own_change a (fun j k _ => w j k) i 1 0 H) as E. unfold outcome in E. cbv beta in E.
  change (fun j k => w j k) with w in E.
  rewrite (others_ext (fun j => w j i - w j i) (fun j => 0 * w j i)) in E by (intros; ring).
  rewrite others_scale, Rmult_0_l in E.
  assert (0 < loss).
  { unfold loss. apply Rmult_lt_0_compat; [ lra | ].
    pose proof N_pos. assert (r / INR N < 1) by (apply (Rmult_lt_reg_r (INR N)); [ lra | ]; field_simplify; lra). lra. }
  lra.
Qed.

End Stage.
