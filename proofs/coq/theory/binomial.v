Fixpoint choose (n k : nat) : Z :=
  match n, k with _, O => 1%Z | O, S _ => 0%Z | S m, S j => (choose m j + choose m k)%Z end.
Definition binomial (n k : Z) : Z := if (k <? 0)%Z then 0%Z else choose (Z.to_nat n) (Z.to_nat k).
Lemma choose_0 n : choose n 0 = 1%Z. Proof. destruct n; reflexivity. Qed.
Lemma binomial_edge n : binomial n 0 = 1%Z.
Proof. apply choose_0. Qed.
Lemma choose_outside n k : (n < k)%nat -> choose n k = 0%Z.
Proof.
  revert k. induction n as [|n IH]; intros [|k] H; try lia; [ reflexivity |].
  simpl. rewrite !IH by lia. reflexivity.
Qed.
Lemma binomial_outside n k : (0 <= n)%Z -> (k < 0)%Z \/ (n < k)%Z -> binomial n k = 0%Z.
Proof.
  intros H K. unfold binomial. destruct (Z.ltb_spec k 0) as [L|L]; [ reflexivity |]. apply choose_outside. lia.
Qed.
Lemma binomial_pascal n k : (1 <= n)%Z -> binomial n k = (binomial (n - 1) (k - 1) + binomial (n - 1) k)%Z.
Proof.
  intro H. unfold binomial. destruct (Z.ltb_spec k 0), (Z.ltb_spec (k - 1) 0); try lia.
  - assert (E : k = 0%Z) by lia. rewrite E. simpl Z.to_nat. rewrite !choose_0. lia.
  - replace (Z.to_nat n) with (S (Z.to_nat (n - 1))) by lia.
    replace (Z.to_nat k) with (S (Z.to_nat (k - 1))) by lia. reflexivity.
Qed.
Lemma choose_nonnegative n k : (0 <= choose n k)%Z.
Proof.
  revert k. induction n as [|n IH]; intros [|k]; simpl; try lia.
  specialize (IH k) as A. specialize (IH (S k)) as B. lia.
Qed.
Lemma binomial_nonnegative n k : (0 <= binomial n k)%Z.
Proof. unfold binomial. destruct (k <? 0)%Z; [ lia | apply choose_nonnegative ]. Qed.
Lemma choose_absorb n k : (Z.of_nat (S k) * choose (S n) (S k) = Z.of_nat (S n) * choose n k)%Z.
Proof.
  revert k. induction n as [|n IH]; intro k.
  - destruct k as [|k]; [ reflexivity |]. rewrite !choose_outside by lia. lia.
  - change (choose (S (S n)) (S k)) with (choose (S n) k + choose (S n) (S k))%Z.
    rewrite Z.mul_add_distr_l, IH. destruct k as [|k]; [ rewrite !choose_0; lia |].
    specialize (IH k). change (choose (S n) (S k)) with (choose n k + choose n (S k))%Z in *. lia.
Qed.
Lemma binomial_absorb n k : (1 <= n)%Z -> (k * binomial n k = n * binomial (n - 1) (k - 1))%Z.
Proof.
  intro H. destruct (Z.eq_dec k 0) as [N|N].
  { rewrite N, (binomial_outside (n - 1) (0 - 1)) by lia. lia. }
  unfold binomial. destruct (Z.ltb_spec k 0), (Z.ltb_spec (k - 1) 0); try lia.
  pose proof (choose_absorb (Z.to_nat (n - 1)) (Z.to_nat (k - 1))) as E.
  replace (S (Z.to_nat (n - 1))) with (Z.to_nat n) in E by lia.
  replace (S (Z.to_nat (k - 1))) with (Z.to_nat k) in E by lia.
  rewrite !Z2Nat.id in E by lia. exact E.
Qed.
Lemma lemma_binomial_edge n k : IZR n >= 0 -> IZR k = 0 -> IZR (binomial n k) = 1.
Proof. intros _ E. apply eq_IZR in E. rewrite E, binomial_edge. reflexivity. Qed.
Lemma lemma_binomial_outside n k : IZR n >= 0 -> IZR k < 0 \/ IZR k > IZR n -> IZR (binomial n k) = 0.
Proof.
  intros H K. apply Rge_le, le_IZR in H. rewrite (binomial_outside n k H); [ reflexivity |].
  destruct K as [K|K]; [ left | right ]; apply lt_IZR, K.
Qed.
Lemma lemma_binomial_pascal n k : IZR n >= 1 ->
  IZR (binomial n k) = IZR (binomial (n - 1) (k - 1)) + IZR (binomial (n - 1) k).
Proof. intro H. apply Rge_le, le_IZR in H. rewrite (binomial_pascal n k H). apply plus_IZR. Qed.
Lemma lemma_binomial_absorb n k : IZR n >= 1 ->
  IZR k * IZR (binomial n k) = IZR n * IZR (binomial (n - 1) (k - 1)).
Proof. intro H. apply Rge_le, le_IZR in H. rewrite <- !mult_IZR. f_equal. exact (binomial_absorb n k H). Qed.
Lemma lemma_binomial_nonnegative n k : IZR n >= 0 -> IZR (binomial n k) >= 0.
Proof. intros _. apply Rle_ge, IZR_le, binomial_nonnegative. Qed.
