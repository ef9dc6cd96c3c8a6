(* Groups drawn at random from an infinite population of contributors, defectors and punishers: mean payoffs, from the
   definition of the payoff as sums over co-players.  Source: model.md, section 2.7. *)
Require Import Reals Lra Lia Arith List.
Require Import payoffs.
Open Scope R_scope.

Inductive kind := Contributor | Defector | Punisher.

Definition gives (k : kind) : R := match k with Defector => 0 | _ => 1 end.
Definition punishes (k : kind) : R := match k with Punisher => 1 | _ => 0 end.

Fixpoint sum_over (f : kind -> R) (l : list kind) : R := match l with nil => 0 | k :: l' => f k + sum_over f l' end.

Lemma total_shift f n : total f (S n) = f 0%nat + total (fun j => f (S j)) n.
Proof. induction n as [|n IH]; [ simpl; ring | ]. change (total f (S (S n))) with (total f (S n) + f (S n)).
  rewrite IH. simpl. ring. Qed.

Lemma total_list f (l : list kind) d : total (fun j => f (nth j l d)) (length l) = sum_over f l.
Proof.
  induction l as [|k l IH]; [ reflexivity | ]. simpl length. rewrite total_shift. simpl. rewrite IH. ring.
Qed.

Section Population.

Variables (N : nat) (r c fine cost p s h e : R).
Hypothesis two : (2 <= N)%nat.

(* the chance that somebody of this kind is punished by a punisher, times the severity *)
Definition seen (k : kind) : R := p * s * (if Req_EM_T (gives k) 1 then e else h).

(* one player `me` among co-players `l`; players are numbered, `me` is 0 *)
Definition member (me : kind) (l : list kind) (j : nat) : kind := nth j (me :: l) Contributor.
Definition earns (me : kind) (l : list kind) : R :=
  payoff N r c fine cost (fun j => gives (member me l j))
    (fun j k => punishes (member me l j) * seen (member me l k)) 0.

Definition from_one (me other : kind) : R :=
  r * c / INR N * gives other - punishes other * seen me * fine - punishes me * seen other * cost.

Lemma others_zero f n : others f 0 (S n) = total (fun j => f (S j)) n.
Proof.
  rewrite others_total by lia. rewrite total_shift. ring.
Qed.

Lemma sum_over_scale k f l : sum_over (fun x => f x * k) l = sum_over f l * k.
Proof. induction l as [|x l IH]; simpl; [ ring | rewrite IH; ring ]. Qed.

(* what a player earns is what it earns alone and a sum over its co-players *)
Lemma earns_additive me l : length l = (N - 1)%nat ->
  earns me l = r * c / INR N * gives me - c * gives me + sum_over (from_one me) l.
Proof.
  intro H. unfold earns, payoff.
  assert (E : N = S (length l)) by lia.
  assert (T : total (fun j => gives (member me l j)) N = gives me + sum_over gives l).
  { rewrite E, total_shift. unfold member. simpl nth.
    rewrite <- (total_list gives l Contributor). reflexivity. }
  rewrite T.
  assert (F : others (fun j => punishes (member me l j) * seen (member me l 0) * fine) 0 N =
    sum_over punishes l * (seen me * fine)).
  { rewrite E, others_zero. unfold member. simpl nth.
    rewrite <- sum_over_scale.
    rewrite <- (total_list (fun k => punishes k * (seen me * fine)) l Contributor).
    apply total_ext. intros. ring. }
  assert (G : others (fun j => punishes (member me l 0) * seen (member me l j) * cost) 0 N =
    sum_over seen l * (punishes me * cost)).
  { rewrite E, others_zero. unfold member. simpl nth.
    rewrite <- sum_over_scale.
    rewrite <- (total_list (fun k => seen k * (punishes me * cost)) l Contributor).
    apply total_ext. intros. ring. }
  rewrite F, G. unfold member. simpl nth.
  assert (S : sum_over (from_one me) l = r * c / INR N * sum_over gives l - sum_over punishes l * (seen me * fine)
    - sum_over seen l * (punishes me * cost)).
  { clear. induction l as [|k l IH]; simpl; [ ring | rewrite IH; unfold from_one; ring ]. }
  rewrite S. ring.
Qed.

(* with counts, the form in which programs write the payoff *)
Fixpoint count (k : kind) (l : list kind) : R :=
  match l with
  | nil => 0
  | x :: l' => (match k, x with
                | Contributor, Contributor | Defector, Defector | Punisher, Punisher => 1 | _, _ => 0 end) + count k l'
  end.

Lemma sum_over_counts f l : sum_over f l =
  count Contributor l * f Contributor + count Defector l * f Defector + count Punisher l * f Punisher.
Proof. induction l as [|k l IH]; simpl; [ ring | rewrite IH; destruct k; ring ]. Qed.

Lemma seen_kinds : seen Contributor = p * s * e /\ seen Defector = p * s * h /\ seen Punisher = p * s * e.
Proof.
  unfold seen, gives. repeat split; destruct (Req_EM_T _ _); try reflexivity; exfalso; lra.
Qed.

(* mean over `n` co-players drawn one after the other, independently, with chances x, y, z *)
Variables (x y z : R).
Hypothesis simplex : x + y + z = 1.

Fixpoint mean (n : nat) (F : list kind -> R) : R :=
  match n with
  | O => F nil
  | S m => x * mean m (fun l => F (Contributor :: l)) + y * mean m (fun l => F (Defector :: l))
           + z * mean m (fun l => F (Punisher :: l))
  end.

Lemma mean_ext n : forall F G, (forall l, length l = n -> F l = G l) -> mean n F = mean n G.
Proof.
  induction n as [|n IH]; intros F G H; simpl; [ apply H; reflexivity | ].
  rewrite !(IH _ _ (fun l E => H (_ :: l) (f_equal S E))). reflexivity.
Qed.

Lemma mean_additive n : forall b f, mean n (fun l => b + sum_over f l) =
  b + INR n * (x * f Contributor + y * f Defector + z * f Punisher).
Proof.
  induction n as [|n IH]; intros b f; [ simpl; ring | ].
  change (mean (S n) (fun l => b + sum_over f l)) with
    (x * mean n (fun l => b + (f Contributor + sum_over f l)) + y * mean n (fun l => b + (f Defector + sum_over f l))
     + z * mean n (fun l => b + (f Punisher + sum_over f l))).
  assert (E : forall v, mean n (fun l => b + (v + sum_over f l)) = mean n (fun l => (b + v) + sum_over f l))
    by (intro v; apply mean_ext; intros; ring).
  rewrite !E.
  rewrite !IH, S_INR.
  replace (b + (INR n + 1) * (x * f Contributor + y * f Defector + z * f Punisher)) with
    ((x + y + z) * (b + INR n * (x * f Contributor + y * f Defector + z * f Punisher))
     + (x * f Contributor + y * f Defector + z * f Punisher)) by (rewrite simplex; ring).
  ring.
Qed.

Definition fitness (me : kind) : R := mean (N - 1) (earns me).

Lemma fitness_value me : fitness me = r * c / INR N * gives me - c * gives me +
  (INR N - 1) * (x * from_one me Contributor + y * from_one me Defector + z * from_one me Punisher).
Proof.
  unfold fitness.
  rewrite (mean_ext (N - 1) (earns me)
    (fun l => (r * c / INR N * gives me - c * gives me) + sum_over (from_one me) l)) by (intros; cbv beta; apply earns_additive; assumption).
  rewrite mean_additive, minus_INR by lia. simpl INR. ring.
Qed.

(* 2.7: what defecting earns more than contributing, and contributing more than punishing *)
Theorem frequency_dependence :
  fitness Defector - fitness Contributor = loss N r c - (INR N - 1) * p * s * fine * (h - e) * z /\
  fitness Contributor - fitness Punisher = (INR N - 1) * p * s * cost * (h * y + e * (1 - y)).
Proof.
  rewrite !fitness_value. unfold from_one. destruct seen_kinds as [-> [-> ->]]. unfold gives, punishes, loss.
  pose proof (N_pos N two). split; [ field; lra | ].
  replace x with (1 - y - z) by lra. field. lra.
Qed.

Theorem invasion : h = 1 -> e = 0 -> 0 < p -> 0 < s -> 0 < fine ->
  (fitness Contributor > fitness Defector <-> z > loss N r c / ((INR N - 1) * p * s * fine)).
Proof.
  intros Hh He Hp Hs Hf. destruct frequency_dependence as [D _]. rewrite Hh, He in D.
  assert (N2 : 2 <= INR N) by (replace 2 with (INR 2) by (simpl; ring); apply le_INR; assumption).
  assert (B : 0 < (INR N - 1) * p * s * fine) by (repeat apply Rmult_lt_0_compat; lra).
  assert (E : loss N r c / ((INR N - 1) * p * s * fine) * ((INR N - 1) * p * s * fine) = loss N r c).
  { unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. ring. }
  split; intro G.
  - apply Rmult_lt_reg_r with ((INR N - 1) * p * s * fine); [ assumption | ]. rewrite E. lra.
  - apply Rmult_lt_compat_r with (r := (INR N - 1) * p * s * fine) in G; [ | assumption ]. rewrite E in G. lra.
Qed.

End Population.
