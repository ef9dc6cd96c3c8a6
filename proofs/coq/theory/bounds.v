Fixpoint numerator (n : nat) (p q : Z) : Z :=
  match n with O => 1%Z | S m => (numerator m p q * q * Z.of_nat n + p ^ Z.of_nat n)%Z end.
Fixpoint denominator (n : nat) (q : Z) : Z := match n with O => 1%Z | S m => (denominator m q * q * Z.of_nat n)%Z end.
Lemma denominator_is n q : IZR (denominator n q) = IZR q ^ n * IZR (factorial n).
Proof.
  induction n as [|n IH]; [ simpl; ring |].
  change (denominator (S n) q) with (denominator n q * q * Z.of_nat (S n))%Z.
  change (factorial (S n)) with (Z.of_nat (S n) * factorial n)%Z. rewrite !mult_IZR, IH. simpl pow. ring.
Qed.
Lemma factorial_positive n : (0 < factorial n)%Z.
Proof. induction n as [|n IH]; [ reflexivity | change (0 < Z.of_nat (S n) * factorial n)%Z; lia ]. Qed.
Lemma denominator_positive n q : (0 < q)%Z -> (0 < denominator n q)%Z.
Proof.
  intro H. induction n as [|n IH]; [ reflexivity |].
  change (0 < denominator n q * q * Z.of_nat (S n))%Z. apply Z.mul_pos_pos; [ apply Z.mul_pos_pos; assumption | lia ].
Qed.
Lemma series_at n p q : (0 < q)%Z -> series n (IZR p / IZR q) = IZR (numerator n p q) / IZR (denominator n q).
Proof.
  intro H. assert (Q : IZR q <> 0) by (apply not_0_IZR; lia).
  induction n as [|n IH]; [ simpl; field |].
  change (series (S n) (IZR p / IZR q)) with (series n (IZR p / IZR q) + (IZR p / IZR q) ^ S n / IZR (factorial (S n))).
  change (numerator (S n) p q) with (numerator n p q * q * Z.of_nat (S n) + p ^ Z.of_nat (S n))%Z.
  rewrite IH, plus_IZR, !mult_IZR, <- pow_IZR, !denominator_is.
  change (factorial (S n)) with (Z.of_nat (S n) * factorial n)%Z. rewrite mult_IZR. unfold Rdiv at 3. rewrite Rpow_mult_distr.
  assert (F : IZR (factorial n) <> 0) by (apply not_0_IZR; pose proof (factorial_positive n); lia).
  assert (N : IZR (Z.of_nat (S n)) <> 0) by (apply not_0_IZR; lia).
  assert (P : IZR q ^ n <> 0) by (apply pow_nonzero; exact Q).
  rewrite pow_inv. simpl pow. field. repeat split; assumption.
Qed.
Lemma exp_start n p q s d : (Nat.odd n && (0 <? q) && (0 <? d) && (s * denominator n q <=? numerator n p q * d))%Z%bool = true ->
  IZR s / IZR d <= exp (IZR p / IZR q).
Proof.
  intro H. apply andb_prop in H. destruct H as [H L]. apply andb_prop in H. destruct H as [H D].
  apply andb_prop in H. destruct H as [O Q]. apply Z.ltb_lt in D. apply Z.ltb_lt in Q. apply Z.leb_le in L.
  apply Rge_le. apply (Rge_trans _ (series n (IZR p / IZR q))); [ apply exp_series; exact O |].
  rewrite (series_at n p q Q). assert (M := denominator_positive n q Q).
  apply IZR_lt in M. apply IZR_lt in D. apply IZR_le in L. rewrite !mult_IZR in L. apply Rle_ge.
  apply (Rmult_le_reg_r (IZR d * IZR (denominator n q))); [ apply Rmult_lt_0_compat; assumption |].
  replace (IZR s / IZR d * (IZR d * IZR (denominator n q))) with (IZR s * IZR (denominator n q)) by (field; lra).
  replace (IZR (numerator n p q) / IZR (denominator n q) * (IZR d * IZR (denominator n q)))
    with (IZR (numerator n p q) * IZR d) by (field; lra).
  exact L.
Qed.
Lemma exp_double p q s d r e : ((0 <? q) && (0 <=? s) && (0 <? d) && (0 <? e) && (r * (d * d) <=? s * s * e))%Z%bool = true ->
  IZR s / IZR d <= exp (IZR p / IZR (2 * q)) -> IZR r / IZR e <= exp (IZR p / IZR q).
Proof.
  intros H K. apply andb_prop in H. destruct H as [H L]. apply andb_prop in H. destruct H as [H E].
  apply andb_prop in H. destruct H as [H D]. apply andb_prop in H. destruct H as [Q S].
  apply Z.ltb_lt in D. apply Z.ltb_lt in Q. apply Z.ltb_lt in E. apply Z.leb_le in L. apply Z.leb_le in S.
  apply IZR_lt in D. apply IZR_lt in Q. apply IZR_lt in E. apply IZR_le in L. apply IZR_le in S. rewrite !mult_IZR in L.
  rewrite mult_IZR in K. replace (IZR p / IZR q) with (IZR p / (2 * IZR q) + IZR p / (2 * IZR q)) by (field; lra).
  rewrite exp_plus. assert (P : 0 <= IZR s / IZR d) by (apply Rmult_le_pos; [ exact S | left; apply Rinv_0_lt_compat; exact D ]).
  apply (Rle_trans _ (IZR s / IZR d * (IZR s / IZR d))); [ | apply Rmult_le_compat; assumption ].
  apply (Rmult_le_reg_r (IZR e * (IZR d * IZR d))); [ repeat apply Rmult_lt_0_compat; assumption |].
  replace (IZR r / IZR e * (IZR e * (IZR d * IZR d))) with (IZR r * (IZR d * IZR d)) by (field; lra).
  replace (IZR s / IZR d * (IZR s / IZR d) * (IZR e * (IZR d * IZR d))) with (IZR s * IZR s * IZR e) by (field; lra).
  exact L.
Qed.
Lemma exp_grows a b : a <= b -> exp a <= exp b.
Proof. intros [L|E]; [ left; apply exp_increasing; exact L | rewrite E; right; reflexivity ]. Qed.
Lemma exp_from_below a t L : t >= a -> L <= exp a -> exp t >= L.
Proof. intros H K. apply Rle_ge, (Rle_trans _ _ _ K), exp_grows. lra. Qed.
Lemma exp_opposite t V : 0 < V -> V <= exp (- t) -> exp t <= / V.
Proof.
  intros P H. rewrite <- (Rinv_inv (exp t)). rewrite <- exp_Ropp. apply Rinv_le_contravar; assumption.
Qed.
Lemma exp_from_above b t U c V : t <= b -> c = - b -> U * V = 1 -> 0 < V -> V <= exp c -> exp t <= U.
Proof.
  intros H C E P K. apply (Rle_trans _ (exp b)); [ apply exp_grows; exact H |].
  replace U with (/ V); [ apply exp_opposite; [ exact P | rewrite <- C; exact K ] |].
  apply (Rmult_eq_reg_r V); [ rewrite E; field; lra | lra ].
Qed.
Lemma ln_at_least t L : 0 < t -> exp L <= t -> L <= ln t.
Proof.
  intros P H. destruct (Rle_lt_dec L (ln t)) as [K|K]; [ exact K | exfalso ].
  apply exp_increasing in K.
  rewrite (exp_ln t P) in K. lra.
Qed.
Lemma ln_from_below a t L c V : t >= a -> 0 < a -> c = - L -> a * V = 1 -> 0 < V -> V <= exp c -> ln t >= L.
Proof.
  intros H P C E Q K. apply Rle_ge, ln_at_least; [ lra |]. apply (Rle_trans _ a); [ | lra ].
  exact (exp_from_above L L a c V (Rle_refl L) C E Q K).
Qed.
Lemma ln_from_above b t U : 0 < t -> t <= b -> b <= exp U -> ln t <= U.
Proof.
  intros P H K. destruct (Rle_lt_dec (ln t) U) as [G|G]; [ exact G | exfalso ].
  apply exp_increasing in G. rewrite (exp_ln t P) in G. lra.
Qed.
